import { join } from "@std/path";
import assert from "node:assert/strict";
import { decodeImage } from "../../lib/data/images/decode.ts";
import { openRun } from "../../lib/runs/run.ts";
import { assertClose } from "../assert_close.ts";
import { makeFormulaRun, writeFormulaData } from "../evaluation/formula_runs.ts";
import { inFolder } from "../in_folder.ts";
import { vgg } from "./support.ts";

const network = { configuration: "A", inputSize: 32 } as const;

/** Runs with the weights of a formula and six images in three folders. */
async function inRunFolder(work: (folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    await writeFormulaData(join(folder, "data"));
    await makeFormulaRun(join(folder, "run"), "data", network);
    await work(folder);
  });
}

Deno.test("predict prints the likeliest classes with bars, and its speed beside the results", () =>
  inRunFolder(async (folder) => {
    const [run, data] = [join(folder, "run"), join(folder, "data/val")];
    await Deno.writeTextFile(join(data, "a/more.heic"), "");
    const { code, out, err } = await vgg(["predict", data, "--run", run, "--engine", "cpu"]);
    assert.equal(code, 0, err);
    assert.match(err, /^left out: 1 \.heic in .*val$/m);
    assert.match(err, /^6 of 6 images are in subfolders of .*val$/m);
    const lines = out.trimEnd().split("\n");
    assert.equal(lines.length, 6 * 4);
    assert.equal(lines[0], join(data, "a/0.png"));
    const shares = lines.slice(1, 4).map((line) => {
      const [, name, bar, percent] =
        line.match(/^ {2}([abc]) {2}([█▉▊▋▌▍▎▏ ]{24}) {2,}(\d+\.\d) %$/) ??
          [];
      assert.ok(name, line);
      assert.ok(Math.abs(bar!.trimEnd().length - 24 * Number(percent) / 100) <= 1, line);
      return Number(percent);
    });
    assert.deepEqual(shares, shares.toSorted((a, b) => b - a));
    assert.match(
      err,
      /^6 images in \d+\.\d s, [\d.]+ per second, including reading; the net waited for images \d+ % of the time$/m,
    );
  }));

Deno.test("predict --json prints a line an image, and a broken image one on the error output", () =>
  inRunFolder(async (folder) => {
    const image = join(folder, "data/val/b/1.png"), broken = join(folder, "broken.jpg");
    await Deno.writeTextFile(broken, "no image");
    const run = ["--run", join(folder, "run"), "--engine", "cpu"];
    const { code, out, err } = await vgg(["predict", broken, image, ...run, "--json"]);
    assert.equal(code, 1, err);
    assert.match(err, /broken\.jpg: it is a text$/m);
    assert.match(err, /^1 images? in /m);
    const { file, top5, ...others } = JSON.parse(out);
    assert.deepEqual([file, others, out.trim().split("\n").length], [image, {}, 1]);
    assert.deepEqual(top5.map((each: object) => Object.keys(each)), [
      ...Array(3).fill(["class", "name", "probability"]),
    ]);
    const sum = top5.reduce(
      (sum: number, each: { probability: number }) => sum + each.probability,
      0,
    );
    assert.ok(Math.abs(sum - 1) < 1e-5);
    const two = await vgg(["predict", image, ...run, "--json", "--top", "2"]);
    assert.deepEqual(JSON.parse(two.out), { file, top2: top5.slice(0, 2) });
  }));

Deno.test("predict shows control characters and line breaks of file names, and forges no line", {
  ignore: Deno.build.os === "windows",
}, () =>
  inRunFolder(async (folder) => {
    const name = "a\x1b]0;title\x07\u202e\n  yellow 100.0 %.png";
    const shown = "a\\x1b]0;title\\x07\\u202e\\x0a  yellow 100.0 %.png";
    const [image, broken] = [join(folder, name), join(folder, `broken ${name}`)];
    await Deno.copyFile(join(folder, "data/val/b/1.png"), image);
    await Deno.writeTextFile(broken, "no image");
    const words = ["predict", image, broken, "--run", join(folder, "run"), "--engine", "cpu"];
    for (const json of [[], ["--json"]]) {
      const { out, err } = await vgg([...words, ...json]);
      // deno-lint-ignore no-control-regex -- none of them may be there.
      assert.doesNotMatch(out + err, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]|^ *yellow/m);
      assert.ok(err.includes(`broken ${shown}: `), err);
      if (json.length === 0) assert.equal(out.split("\n")[0], join(folder, shown));
      else assert.equal(JSON.parse(out).file, image);
    }
  }));

Deno.test("predict --explain writes images beside the weights, or where it is told to", () =>
  inRunFolder(async (folder) => {
    const image = join(folder, "data/val/b/1.png"), weights = ["--weights", join(folder, "run")];
    // The word behind --explain is the image.
    const plain = await vgg(["predict", ...weights, "--engine", "cpu", "--explain", image]);
    assert.equal(plain.code, 0, plain.err);
    const heat = join(folder, "run/explanations/1.grad-cam.png");
    assert.match(plain.out, new RegExp(`^ {2}${heat}$`, "m"));
    const output = join(folder, "out");
    const guided = ["--explain", "guided", "--output", output];
    const { code, err } = await vgg(["predict", image, ...weights, "--engine", "wasm", ...guided]);
    assert.equal(code, 0, err);
    const names = (await Array.fromAsync(Deno.readDir(output))).map(({ name }) => name).sort();
    assert.deepEqual(names, [
      ...["1.grad-cam.png", "1.guided-backpropagation.png", "1.guided-grad-cam.png"],
    ]);
    const [first, again] = await Promise.all([
      decodeImage(heat),
      decodeImage(join(output, "1.grad-cam.png")),
    ]);
    assertClose(again.data, first.data, 2);
    const refused = await vgg(["predict", image, ...weights, "--engine", "cpu", ...guided]);
    assert.equal(refused.code, 2);
    assert.match(
      refused.err,
      /^error: nothing is overwritten without --force\. Received: .*1\.grad-cam\.png, which exists$/m,
    );
    const report = ["report", "--run", join(folder, "run"), "--no-explain", "--output"];
    const kept = await vgg([...report, image]);
    assert.equal(kept.code, 2, kept.err);
    assert.match(kept.err, /^error: nothing is overwritten without --force\. Received: .*1\.png/m);
  }));

Deno.test("predict averages with the mirrored image where the run's recipe says so, or as it is asked", () =>
  inRunFolder(async (folder) => {
    const [directory, image] = [join(folder, "run"), join(folder, "data/val/b/1.png")];
    const run = await openRun(directory);
    const told = async (...words: string[]): Promise<string> => {
      const all = ["predict", image, "--run", directory, "--engine", "cpu", "--json", ...words];
      const { code, out, err } = await vgg(all);
      assert.equal(code, 0, err);
      return out;
    };
    const [mirrored, plain] = [await told("--flip"), await told("--no-flip")];
    assert.notEqual(mirrored, plain);
    assert.equal(await told(), plain);
    await run.update({ recipe: { ...run.record.recipe, flipAtTest: true } });
    assert.equal(await told(), mirrored);
  }));

/** Words behind predict that are wrong, and what the one line must say. */
const wrong: [string[], RegExp][] = [
  [[], /predict needs image files or folders of them/],
  [["gone.jpg"], /images must be existing files or folders. Received: \/.*gone\.jpg/],
  [["http://example.org/a.jpg"], /download a URL first. Received: http:/],
  [["docs", "--top", "0"], /--top must be a whole number from 1\. Received: 0/],
  [["docs", "--explain", "lime"], /--explain must be grad-cam, guided, occlusion, .*: lime/],
  [["docs", "--jsn"], /unknown option '--jsn' \(Did you mean --json\?\)/],
  [["docs", "--run", "nowhere"], /there is no \/.*\/nowhere\/run\.json/],
  [
    ["docs", "--weights", "nowhere.h5"],
    /--weights must be an existing file, .*Received: \/.*\/nowhere\.h5/,
  ],
  [["docs", "--weights", "LICENSE", "--engine", "cpu"], /LICENSE/],
  [["docs", "--run", "a", "--weights", "b"], /from --run or from --weights. Received: .*a and .*b/],
];

for (const [words, message] of wrong) {
  Deno.test(`deno task predict ${words.join(" ")} ends with one line and status 2`, async () => {
    const { code, out, err } = await vgg(["predict", ...words], { VGG_NO_NATIVE: "1" });
    assert.equal(code, 2, err);
    assert.equal(out, "");
    assert.equal(err.trim().split("\n").length, 1, err);
    assert.match(err, message);
  });
}

Deno.test("predict tells classes of one name apart, and sends no control characters of names", () =>
  inFolder(async (folder) => {
    await writeFormulaData(join(folder, "data"));
    const classes = [
      { id: "n02012849", name: "crane, wading bird" },
      { id: "n03126707", name: "crane" },
      { id: "c", name: "c\x1b[2J, \u202eno synonym" },
    ];
    await makeFormulaRun(join(folder, "run"), "data", network, { classes });
    const run = ["--run", join(folder, "run"), "--engine", "cpu"];
    const { code, out, err } = await vgg(["predict", join(folder, "data/val/a/0.png"), ...run]);
    assert.equal(code, 0, err);
    const names = out.trimEnd().split("\n").slice(1).map((line) => line.trim().split(/ {2}/)[0]);
    assert.deepEqual(names.toSorted(), [
      "c\\x1b[2J, \\u202eno synonym",
      "crane (n02012849)",
      "crane (n03126707)",
    ]);
    const json = await vgg(["predict", join(folder, "data/val/a/0.png"), ...run, "--json"]);
    assert.doesNotMatch(json.out, /\u202e/);
    const { top5 } = JSON.parse(json.out);
    assert.deepEqual(
      top5.map(({ name }: { name: string }) => name).toSorted(),
      classes.map(({ name }) => name).toSorted(),
    );
  }));
