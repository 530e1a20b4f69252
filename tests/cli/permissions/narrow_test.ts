import { dirname, join, resolve } from "@std/path";
import envPaths from "env-paths";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { withoutLinkerVariables } from "../../../lib/linker_variables.ts";
import { inFolder } from "../../in_folder.ts";
import { wordsOf } from "../support.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const cache = join(envPaths("vgg-deno", { suffix: "" }).cache, "tensorflow", "x");
const home = resolve(Deno.env.get("HOME") ?? "/", ".narrow-test");

/** What a command may still do when it ends. */
interface Left {
  readonly writes: readonly string[];
  readonly runs: readonly string[];
  readonly net: boolean;
  readonly ffi: boolean;
}

/** Runs a task's command line, and returns what it may still do when it ends. */
async function left(
  args: readonly string[],
  asked: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Left> {
  const preload = join(import.meta.dirname!, "print_permissions.ts");
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", ...wordsOf(args[0]), "--preload", preload, "lib/cli.ts", ...args],
    cwd: root,
    clearEnv: true,
    env: { ...withoutLinkerVariables(), INIT_CWD: root, ...env, ASKED: JSON.stringify(asked) },
  }).output();
  const [, report] = /^permissions (.*)$/m.exec(new TextDecoder().decode(stdout)) ?? [];
  assert.ok(report, new TextDecoder().decode(stderr));
  return JSON.parse(report);
}

/** Files of the project's source, and of others, that no task writes. */
const foreign = [
  "lib/mod.ts",
  "deno.json",
  "deno.lock",
  ".git/x",
  "node_modules/x",
  home,
  "/etc/x",
];

Deno.test("train may write its run's folder, its logs, runs/, data/ and TensorFlow's cache alone", () =>
  inFolder(async (folder) => {
    const own = [join(folder, "new", "run", "run.json"), join(folder, "logs", "events")];
    const more = [...own, "runs/x/run.json", "data/cache/x", cache];
    const flags = ["--run", join(folder, "new", "run"), "--tensorboard", join(folder, "logs")];
    const { writes, net } = await left(
      ["train", "--data", join(folder, "none"), ...flags],
      [...more, join(folder, "other"), join(folder, "..", "other"), ...foreign],
    );
    assert.deepEqual(writes, more);
    assert.equal(net, false);
  }));

Deno.test("a folder that is linked may be written by its own name and by that of the link", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "disk"));
    await Deno.symlink(join(folder, "disk"), join(folder, "link"));
    const both = [join(folder, "link", "x"), join(folder, "disk", "x")];
    const flags = ["--data", join(folder, "none"), "--run", join(folder, "link")];
    assert.deepEqual((await left(["train", ...flags], both)).writes, both);
  }));

Deno.test("a file that --output names, or weights, allow writing where their results go", () =>
  inFolder(async (folder) => {
    const at = (...names: string[]): string => join(folder, ...names);
    for (const name of ["out", "run", "file"]) await Deno.mkdir(at(name));
    await Deno.writeTextFile(at("file", "net.h5"), "none");
    const asked = ["out/x", "run/x", "file/x", "file/explanations/x", "x"].map((name) => at(name));
    const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
      [["report", "--run", at("run"), "--output", at("out", "page.html")], ["out/x", "run/x"]],
      [["figures", "--run", at("run")], ["run/x"]],
      [["export", "--weights", at("file", "net.h5"), "--output", at("out", "y")], [
        "out/x",
        "file/explanations/x",
      ]],
      [["predict", at("none"), "--weights", at("file", "net.h5")], ["file/explanations/x"]],
      [["predict", at("none"), "--weights", at("run"), "--output", at("out")], ["out/x", "run/x"]],
      [["evaluate", "--weights", at("run")], ["run/x"]],
      [["runs", "--remove", at("run"), "--yes"], ["run/x"]],
      [["runs", "--note", at("run"), "good"], ["run/x"]],
    ];
    for (const [args, expected] of cases) {
      const { writes } = await left(args, [...asked, ...foreign]);
      assert.deepEqual(writes, expected.map((name) => at(name)), args.join(" "));
    }
  }));

Deno.test("an output in the project's own folder, or around it, still leaves the source unwritable", async () => {
  for (const output of ["page.html", join(dirname(resolve(root)), "page.html")]) {
    const { writes } = await left(["report", "--run", "none", "--output", output], [
      output,
      ...foreign,
    ]);
    assert.deepEqual(writes, [output, home, "/etc/x"]);
  }
});

Deno.test("only commands that start themselves again may run unshare, and env once an engine runs", async () => {
  assert.deepEqual((await left(["train", "--data", "/nowhere"])).runs, ["python3", "env"]);
  const again = ["--restarts", "1", "--run", "/nowhere/run", "--resume"];
  assert.ok((await left(["train", ...again])).runs.includes("unshare"));
  const linker = { LD_LIBRARY_PATH: "/x" };
  assert.deepEqual((await left(["setup", "--engine", "cpu"], [], linker)).runs, ["env"]);
});

Deno.test("once an engine runs, no program may be run", async () => {
  const { runs } = await left(["setup", "--engine", "cpu"]);
  assert.deepEqual(runs, []);
});

Deno.test("only published weights and class names that flags name are reached by network", async () => {
  const net = async (...args: string[]): Promise<boolean> => (await left(args)).net;
  assert.equal(await net("predict", "/nowhere", "--weights", "imagenet-keras"), true);
  assert.equal(await net("predict", "/nowhere", "--class-names", "imagenet"), true);
  assert.equal(await net("predict", "/nowhere", "--run", "/nowhere"), false);
});

Deno.test("figures opens no library outside of node_modules, export none, and neither runs a program", async () => {
  assert.deepEqual(await left(["figures", "--run", "/nowhere"]), {
    ...{ writes: [], runs: [], net: false, ffi: false },
  });
  assert.deepEqual(await left(["export", "--run", "/nowhere"]), {
    ...{ writes: [], runs: [], net: false, ffi: false },
  });
  assert.equal((await left(["report", "--run", "/nowhere"])).ffi, true);
});
