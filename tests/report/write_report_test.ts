import { join } from "@std/path";
import assert from "node:assert/strict";
import { evaluate } from "../../lib/evaluation/evaluate.ts";
import { reportPath, writeReport } from "../../lib/report/write_report.ts";
import { summarize } from "../../lib/evaluation/metrics/summarize.ts";
import { Results } from "../../lib/runs/results.ts";
import type { Run } from "../../lib/runs/run.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { makeFormulaRun, writeFormulaData } from "../evaluation/formula_runs.ts";
import { fakeHistory } from "../figures/support.ts";
import { inFolder } from "../in_folder.ts";
import { findChromium, openBrowser } from "../notebooks/browser.ts";
import { makeRun, pageOf, threeClasses } from "./example_runs.ts";
import { openReport } from "./open_report.ts";

/** The texts of a page's headings, by level. */
function headings(page: string): string[] {
  return Array.from(
    page.matchAll(/<(h\d)[^>]*>(.+?)<\/h\d>/g),
    ([, tag, text]) => `${tag} ${text}`,
  );
}

Deno.test("writeReport() tells all about a run in one file beside its others", () =>
  inFolder(async (folder) => {
    const { directory } = await makeRun(join(folder, "mine"));
    const path = await writeReport([directory], { explain: false });
    assert.equal(path, join(directory, "report.html"));
    const page = await Deno.readTextFile(path);
    assert.deepEqual(headings(page), [
      "h1 mine",
      ...["Learning curves", "Confusion matrix"].map((name) => `h2 ${name}`),
      "h3 Most confused pairs",
      ...[
        "Accuracy by class",
        "Calibration",
        "Most confident mistakes",
        "Top losses",
        "All images",
        "Cost",
        "Settings",
      ]
        .map((name) => `h2 ${name}`),
      "h3 All settings",
    ]);
    assert.match(
      page,
      /<dt>Top-1 accuracy<\/dt><dd>75\.0\s%<small>95 % interval: 46\.8\s% to 91\.1\s%/,
    );
    assert.match(page, /The 3 of 3 mistakes/);
    assert.equal(page.match(/<img src="data:image\/webp;base64,/g)?.length, 3);
    assert.match(page, /Core-seconds of the processor<\/th><td style="text-align:right">17\.0</);
    assert.equal(page.split("plotly.js (cartesian - minified)").length, 2, "Plotly is in it once");
    assert.ok(page.length < 2.2e6, `${page.length} bytes`);
  }));

Deno.test("writeReport() shows the command that started the run, if it was one", () =>
  inFolder(async (folder) => {
    const command = "deno task train --data '<my photos>'";
    const typed = await makeRun(join(folder, "typed"), threeClasses, { command });
    const called = await makeRun(join(folder, "called"), threeClasses, { command: null });
    assert.match(
      await pageOf([typed.directory], folder),
      /<h3>Command<\/h3><pre><code><span>deno task train<\/span> <span>--data &#39;&lt;my photos&gt;&#39;<\/span>/,
    );
    assert.doesNotMatch(await pageOf([called.directory], folder), /<h3>Command|<pre>/);
  }));

Deno.test("writeReport() leaves nothing but the page, and replaces an older one", () =>
  inFolder(async (folder) => {
    const { directory } = await makeRun(join(folder, "mine"));
    const before = Array.from(Deno.readDirSync(directory), ({ name }) => name);
    await Deno.writeTextFile(join(directory, "report.html"), "old");
    await writeReport([directory], { explain: false });
    const after = Array.from(Deno.readDirSync(directory), ({ name }) => name);
    assert.deepEqual(after.sort(), [...before, "report.html"].sort());
    assert.match(await Deno.readTextFile(join(directory, "report.html")), /^<!DOCTYPE html>/);
  }));

Deno.test("reportPath() is in the run's folder, of several runs in a file of its own", () => {
  assert.equal(reportPath(["runs/mine"]), join("runs", "mine", "report.html"));
  assert.match(reportPath(["runs/D", "runs/E"]), /^runs.report-\d{8}-\d{6}\.html$/);
});

Deno.test("writeReport() compares runs: results, curves and what differs", () =>
  inFolder(async (folder) => {
    const one = await makeRun(join(folder, "one"));
    const other = await makeRun(join(folder, "two"), threeClasses, { seed: 8 });
    const page = await pageOf([one.directory, other.directory], folder);
    assert.deepEqual(headings(page).filter((line) => /^h[12]/.test(line)), [
      "h1 2 runs compared",
      ...["Differences in settings", "Results", "Paired test", "Images that changed sides"]
        .map((name) => `h2 ${name}`),
      ...["Learning curves", "All images", "one", "two"].map((name) => `h2 ${name}`),
    ]);
    assert.ok(!page.includes("Top-5"), "of three classes top-5 says nothing");
    assert.match(page, /<th scope="row"[^>]*>Recipe: seed<\/th><td[^>]*>1<\/td><td[^>]*>8<\/td>/);
    const [, drawn] = /id="charts">(.*?)<\/script>/.exec(page)!;
    const { charts } = JSON.parse(drawn!);
    assert.deepEqual(charts[0].variants[0].data.map(({ name }: { name: string }) => name), [
      "one",
      "two",
    ]);
  }));

/** Takes the first images of a run for correct, and others for mistakes. */
async function change(run: Run, ids: Readonly<Record<string, number>>): Promise<void> {
  const predictions = (await run.predictions()).map((prediction) => ({
    ...prediction,
    predicted: ids[prediction.id] ?? prediction.predicted,
  }));
  await run.writePredictions(predictions);
  const { split, weights, classes } = await run.evaluation();
  await run.writeEvaluation(summarize(predictions, classes, { split, weights }));
}

Deno.test("writeReport() tests runs in pairs and shows the images that changed sides", () =>
  inFolder(async (folder) => {
    const one = await makeRun(join(folder, "one"));
    const other = await makeRun(join(folder, "two"));
    // In the first run only the images 0 are wrong: two become right, and five others wrong.
    await change(other, { "bison/0.png": 0, "titi/0.png": 1 });
    await change(other, {
      ...{ "bison/1.png": 1, "bison/2.png": 1, "bison/3.png": 2 },
      ...{ "titi/1.png": 2, "titi/2.png": 0 },
    });
    const page = await pageOf([one.directory, other.directory], folder);
    const row = /<th[^>]*>two<\/th>(.*?)<\/tr>/s.exec(
      page.slice(page.indexOf('id="paired-test"')),
    )![1]!;
    const cells = Array.from(
      row.matchAll(/<td[^>]*>(.*?)<\/td>/gs),
      ([, cell]) => cell!.replace("\u00a0", " "),
    );
    // scipy.stats.binomtest(2, 7).pvalue is 0.453125.
    assert.deepEqual(cells, ["4", "5", "2", "1", "−25.0 %", "0.45", "exact binomial"]);
    assert.match(page, /Right in two, wrong in one<\/h3>\s*<p class="lead">2 images/);
    assert.match(page, /Right in one, wrong in two<\/h3>\s*<p class="lead">5 images/);
    assert.doesNotMatch(page, /Bonferroni/);
    const three = await pageOf([one, other, other].map(({ directory }) => directory), folder);
    assert.match(three, /p-values\s+below 0\.025 are significant/);
  }));

Deno.test("writeReport() says why there is no paired test", () =>
  inFolder(async (folder) => {
    const one = await makeRun(join(folder, "one"));
    const other = await makeRun(join(folder, "two"), threeClasses.slice(0, 2));
    const page = await pageOf([one.directory, other.directory], folder);
    assert.match(page, /one and two: none, because they were evaluated on different images/);
    assert.ok(!headings(page).includes("h2 Images that changed sides"));
  }));

Deno.test("writeReport() says where accuracies are no comparison", () =>
  inFolder(async (folder) => {
    const one = await makeRun(join(folder, "one"));
    const other = await makeRun(join(folder, "two"), threeClasses.slice(0, 2));
    const page = await pageOf([one.directory, other.directory], folder);
    assert.match(page, /evaluated on different images/);
    assert.doesNotMatch(await pageOf([one.directory, one.directory], folder), /different images/);
  }));

Deno.test("writeReport() names the images, and compares the same ones of the same data alone", () =>
  inFolder(async (folder) => {
    const six = ["a", "b", "c", "d", "e", "f"].map((id) => ({ id, name: id }));
    const runs = [await makeRun(join(folder, "one"), six), await makeRun(join(folder, "two"), six)];
    const data = { name: "photos", source: "/photos", digest: "0", broken: 0, unknown: 0 };
    for (const run of runs) {
      await run.writeEvaluation({ ...await run.evaluation(), split: "test", data });
    }
    const directories = runs.map(({ directory }) => directory);
    const page = await pageOf(directories, folder);
    assert.match(page, /Evaluated on the 24 test images of photos\./);
    assert.match(page, /, on the test images of photos<\/span>/);
    assert.match(page, /<small>24 test images of photos<\/small>/);
    assert.match(page, /Top-5/);
    assert.doesNotMatch(page, /different images/);
    const other = { ...data, source: "/elsewhere/photos", digest: "1" };
    await runs[0]!.writeEvaluation({ ...await runs[0]!.evaluation(), data: other });
    assert.match(await pageOf(directories, folder), /evaluated on different images/);
  }));

Deno.test("writeReport() takes an ensemble's results, and a run that was not evaluated", () =>
  inFolder(async (folder) => {
    const run = await makeRun(join(folder, "one"));
    const both = new Results(join(folder, "both"));
    await both.writePredictions(await run.predictions());
    await both.writeEvaluation({ ...await run.evaluation(), runs: ["runs/one", "runs/two"] });
    await both.writeMistakes([], []);
    const page = await pageOf([both.directory], folder);
    assert.match(page, /mean predictions of 2 runs: runs\/one, runs\/two/);
    assert.ok(!headings(page).includes("h2 Cost"));
    await Deno.remove(run.path("evaluation"));
    await run.update({ data: { ...run.record.data, validation: 0 } });
    await run.writeHistory(
      fakeHistory(2).map((line) => ({ ...line, val_loss: NaN, val_accuracy: NaN })),
    );
    const plain = headings(await pageOf([run.directory], folder));
    assert.ok(plain.includes("h2 Learning curves") && !plain.includes("h2 Confusion matrix"));
  }));

const hostile = `"><script>document.title = 'taken'</script><img src=x onerror=alert(1)>'&`;

Deno.test("writeReport() escapes everything that files of a run say", () =>
  inFolder(async (folder) => {
    const classes = [{ id: hostile, name: hostile }, ...threeClasses];
    const run = await makeRun(join(folder, "mine"), classes);
    const { data, engine } = run.record;
    const text = { name: hostile, created: "2026-01-01", command: hostile };
    await run.update({
      ...text,
      data: { ...data, ...text, source: hostile, broken: [{ path: hostile, reason: hostile }] },
      model: { ...run.record.model, configuration: hostile },
      recipe: { ...run.record.recipe, name: hostile, [hostile]: hostile },
      engine: { ...engine, name: hostile, devices: [hostile] },
      start: { kind: "weights", from: hostile, layers: [hostile] },
      versions: { [hostile]: hostile },
      hardware: { [hostile]: hostile },
      warnings: [hostile],
    });
    const page = await pageOf([run.directory], folder);
    const outside = page.replace(/<script>.*?<\/script>/gs, "");
    assert.doesNotMatch(outside, /<script>|<img src=x|onerror=alert\(1\)>/);
    assert.match(outside, /&quot;&gt;&lt;script&gt;document\.title/);
  }));

testWithTensorFlow(
  "writeReport() shows Grad-CAM beside mistakes",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeFormulaData(data);
      const network = { configuration: "A", inputSize: 32 } as const;
      const fit = { mode: "crop", size: 32, shortestSide: 36 } as const;
      const run = await makeFormulaRun(join(folder, "run"), data, network, { fit });
      await run.writeHistory(fakeHistory(1));
      const { images, top1 } = await evaluate(run);
      const page = await Deno.readTextFile(await writeReport([run.directory]));
      const shown = page.match(/<img src="data:image\/webp;base64,[\w+/=]{40,}"/g) ?? [];
      // Mistakes, and all images by their loss, each with its heat beside it.
      assert.equal(shown.length, 2 * (images + Math.round(images * (1 - top1))));
      assert.match(page, /alt="Grad-CAM\. Correct: a \(/);
      const chromium = await findChromium();
      if (!chromium) return;
      await using browser = await openBrowser(chromium);
      await using opened = await openReport(browser, join(run.directory, "report.html"), {
        hash: "#images=all",
      });
      const pairs = opened.page.locator("#images-list .pair");
      await pairs.first().waitFor();
      assert.equal(await pairs.count(), images);
      assert.match(
        await pairs.first().locator("img").nth(1).getAttribute("alt") ?? "",
        /^Grad-CAM/,
      );
      assert.match(await pairs.first().textContent() ?? "", /Grad-CAM for [abc]/);
    }),
);
