import { join } from "@std/path";
import { Command } from "commander";
import assert from "node:assert/strict";
import { resolvePaths } from "../../lib/cli/flags/paths.ts";
import { tooOldDeno } from "../../lib/deno_version.ts";
import { requireClone } from "../../lib/project_folder.ts";
import { inFolder } from "../in_folder.ts";
import { vgg } from "./support.ts";

const projectFolder = requireClone("tests");

/** Parses words as `deno task` would in the folder `called`. */
function parse(called: string, ...words: string[]): Record<string, unknown> {
  const command = new Command("predict")
    .argument("[images...]")
    .option("--data <name|path>")
    .option("--output <dir>")
    .option("--run <dir>", "", (value: string, before: string[] = []) => [...before, value])
    .option("--weights <which>")
    .option("--class-names <file|dir|imagenet>");
  resolvePaths(command);
  const [before, cwd] = [Deno.env.get("INIT_CWD"), Deno.cwd()];
  Deno.env.set("INIT_CWD", called);
  Deno.chdir(projectFolder);
  try {
    command.parse(words, { from: "user" });
    return { ...command.opts(), images: command.processedArgs[0] };
  } finally {
    Deno.chdir(cwd);
    if (before === undefined) Deno.env.delete("INIT_CWD");
    else Deno.env.set("INIT_CWD", before);
  }
}

Deno.test("resolvePaths() takes paths from the folder in which the task was called", () =>
  inFolder((folder) => {
    const given = [
      ...["--data", "./mine", "--output", "out", "--run", "a", "--run", "/b", "a.jpg", "c/b.jpg"],
      ...["--weights", "best", "--class-names", "names.txt"],
    ];
    assert.deepEqual(parse(folder, ...given), {
      data: join(folder, "mine"),
      output: join(folder, "out"),
      run: [join(folder, "a"), "/b"],
      images: [join(folder, "a.jpg"), join(folder, "c/b.jpg")],
      weights: "best",
      classNames: join(folder, "names.txt"),
    });
    return Promise.resolve();
  }));

Deno.test("resolvePaths() leaves names alone, and paths of the project's folder that exist", () =>
  inFolder((folder) => {
    const names = ["--data", "cifar10", "--class-names", "imagenet"];
    assert.equal(parse(folder, ...names).data, "cifar10");
    assert.equal(parse(folder, ...names).classNames, "imagenet");
    assert.equal(parse(folder, "--data", "./cifar10").data, join(folder, "cifar10"));
    assert.equal(parse(folder, "--data", "path").data, join(folder, "path"));
    assert.equal(parse(folder, "--class-names", "file").classNames, join(folder, "file"));
    const there = parse(projectFolder, "--data", "tests", "--output", "new", "lib");
    assert.deepEqual([there.data, there.output, there.images], ["tests", "new", ["lib"]]);
    // Absolute, so that the error shows where it was looked for.
    assert.equal(parse(projectFolder, "--data", "none").data, join(projectFolder, "none"));
    assert.equal(parse(projectFolder, "--data", "").data, "");
    assert.deepEqual(parse(folder, "https://a.org/b.jpg").images, ["https://a.org/b.jpg"]);
    return Promise.resolve();
  }));

Deno.test("train looks for --data where it was called, and tells of a folder with a set's name", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "mine"));
    await Deno.mkdir(join(folder, "cifar10"));
    const inSub = (...words: string[]): ReturnType<typeof vgg> =>
      vgg(["train", ...words], { INIT_CWD: folder });
    const mine = await inSub("--data", "./mine");
    assert.equal(mine.code, 2);
    assert.ok(mine.err.includes(`No data set is recognized in ${join(folder, "mine")}`), mine.err);
    const other = await inSub("--data", "other");
    assert.ok(other.err.endsWith(`Received: ${join(folder, "other")}\n`), other.err);
    // The folder of the data set itself may be there, or not: the run is refused either way.
    const named = await inSub("--data", "cifar10", "--classes", "none");
    assert.equal(named.code, 2);
    const told = `cifar10 is the data set; for ${join(folder, "cifar10")} write ./cifar10`;
    assert.ok(named.err.includes(told), named.err);
  }));

Deno.test("tooOldDeno() names the version that is needed, and what to do", () => {
  assert.equal(
    tooOldDeno("2.6.0", "task train"),
    "Deno 2.9 or newer is needed; this is 2.6.0: deno upgrade, or npx deno@latest task train",
  );
  for (const version of ["1.46.3", "2.8.9", "2.5.0+abc"]) {
    assert.ok(tooOldDeno(version, "task train"));
  }
  for (const version of ["2.9.0", "2.9.6", "2.10.1", "3.0.0", "2.9.0+abc"]) {
    assert.equal(tooOldDeno(version, "task train"), undefined);
  }
});
