import { join } from "@std/path";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { cpuFeatures } from "../../lib/engine/hardware.ts";
import { publishedWeights } from "../../lib/weights/published.ts";
import { inFolder } from "../in_folder.ts";
import { permissionFlags, vgg } from "./support.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const tasks = Object.entries(config.tasks).map(([name, { command }]) => [name, command] as const);
/** Tasks that start other programs or run tests, which may be anything. */
const unbound = ["notebooks", "kernel"];

Deno.test("tasks of the command line run with a list of permissions, and ask for no others", () => {
  const own = tasks.filter(([, command]) => command.includes("lib/cli.ts"));
  assert.ok(own.length >= 10);
  for (const [name, command] of own) {
    if (unbound.includes(name)) continue;
    const [, list = "none"] =
      /^deno run -q (?:--node-modules-dir=none )?\$\(cat lib\/cli\/permissions\/(\w+)\) lib\/cli\.ts \w+$/
        .exec(command) ?? [];
    assert.ok(permissionFlags(list).includes("--no-prompt"), `${name}: ${command}`);
  }
});

const weightsHosts = Object.values(publishedWeights).map(({ file }) => new URL(file.url).host);
const net = `--allow-net=${[...new Set(weightsHosts)].join(",")}`;
const writing = ["compute", "bundle", "draw", "convert", "files"];

/** The entries of the project's folder that no task may write, as a list denies them. */
function deniedIn(list: string): string[] {
  const flag = permissionFlags(list).find((flag) => flag.startsWith("--deny-write="));
  return flag?.slice("--deny-write=".length).split(",") ?? [];
}

Deno.test("each list of permissions has what its tasks need: what fetches computes nothing", () => {
  const denied = deniedIn("compute");
  const drives = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (letter) => `${letter}:/`);
  const files = [
    ...["--no-prompt", "--allow-read", `--allow-write=/,${drives.join(",")}`],
    `--deny-write=${denied.join(",")}`,
    ...["--allow-env", "--allow-sys"],
  ];
  assert.deepEqual(permissionFlags("files"), files);
  assert.deepEqual(permissionFlags("convert"), [...files, net]);
  assert.deepEqual(permissionFlags("draw"), [...files, "--allow-ffi=node_modules"]);
  const programs = "--allow-run=python3,python,py,deno,nvidia-smi,env,unshare";
  assert.deepEqual(permissionFlags("compute"), [...files, "--allow-ffi", programs, net]);
  assert.deepEqual(permissionFlags("fetch"), [
    ...["--no-prompt", "--allow-read", "--allow-write=data", "--allow-env", "--allow-sys=statfs"],
    "--allow-net",
  ]);
});

Deno.test("no list lets a file of the project's own source be written", async () => {
  const entries: string[] = [];
  for await (const { name } of Deno.readDir(root)) entries.push(name);
  // What tasks write, and what editors and systems leave.
  const others = ["data", "runs", "work", ".venv", ".venv.lock", ".vscode", ".idea", ".DS_Store"];
  const own = entries.filter((name) => !others.includes(name));
  assert.ok(own.includes("lib") && own.includes("deno.lock") && own.includes(".git"));
  // Files that are not there, but would change what Deno or npm does if they were.
  const asked = [...own, "lib/mod.ts", ".git/config", "deno.jsonc", "package.json"];
  const script = fileURLToPath(new URL("permissions/print_permissions.ts", import.meta.url));
  for (const list of [...writing, "fetch"]) {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", ...permissionFlags(list), "--no-check", script],
      cwd: root,
      env: { ASKED: JSON.stringify([...asked, "data/x"]) },
    }).output();
    const [, report = "{}"] = /^permissions (.*)$/m.exec(new TextDecoder().decode(stdout)) ?? [];
    assert.deepEqual(JSON.parse(report).writes, ["data/x"], list);
  }
});

Deno.test("a task that is told to write into the source ends with one line, and writes nothing", async () => {
  const { code, err } = await vgg(["train", "--run", "lib/run", "--engine", "cpu"]);
  assert.equal(code, 1);
  assert.match(err, /^error: lib\/run may not be written by this task: .*\n$/);
  assert.ok(!await Deno.stat(join(root, "lib", "run")).then(() => true, () => false));
});

Deno.test("what bundles may do what computes may, and start esbuild in its pinned version", () => {
  const version = config.imports.esbuild.split("@").at(-1)!;
  const programs = [
    ...["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"].map((
      name,
    ) => [name, "bin/esbuild"]),
    ["win32-x64", "esbuild.exe"],
  ].map(([name, program]) =>
    `node_modules/.deno/@esbuild+${name}@${version}/node_modules/@esbuild/${name}/${program}`
  );
  assert.deepEqual(
    permissionFlags("bundle"),
    permissionFlags("compute").map((flag) =>
      flag.startsWith("--allow-run") ? [flag, ...programs].join(",") : flag
    ),
  );
});

for (const [name, value] of [["LD_LIBRARY_PATH", "/nowhere"], ["PATH", "/nowhere"]] as const) {
  Deno.test(`what computes knows the processor as well as with all permissions, ${name} set`, async () => {
    const script = fileURLToPath(new URL("print_features.ts", import.meta.url));
    const args = ["run", "-q", ...permissionFlags("compute"), "--no-check", script];
    const env = { [name]: value };
    const { stdout } = await new Deno.Command(Deno.execPath(), { args, env }).output();
    assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), cpuFeatures());
  });
}

/** Four images of one color each, in two class folders, as bitmaps that need no encoder. */
async function writeImages(folder: string): Promise<void> {
  for (const [index, name] of ["red", "blue"].entries()) {
    await Deno.mkdir(join(folder, name), { recursive: true });
    for (let number = 0; number < 5; number++) {
      const pixels = Array.from(
        { length: 32 * 32 * 3 },
        (_, at) => at % 3 === 2 * index ? 200 + number : 20,
      );
      const header = new DataView(new ArrayBuffer(54));
      header.setUint16(0, 0x424d);
      for (const [at, value] of [[2, 54 + pixels.length], [10, 54], [14, 40], [18, 32], [22, 32]]) {
        header.setUint32(at!, value!, true);
      }
      header.setUint16(26, 1, true);
      header.setUint16(28, 24, true);
      const bytes = new Uint8Array([...new Uint8Array(header.buffer), ...pixels]);
      await Deno.writeFile(join(folder, name, `${number}.bmp`), bytes);
    }
  }
}

/** Starts a process that has no network at all. */
const offline = ["unshare", "-rn"];
const canBeOffline = await new Deno.Command(offline[0]!, { args: ["-rn", "true"] }).output()
  .then(({ success }) => success, () => false);

Deno.test({
  name: "train, predict and export do with their permissions, and without any network" +
    (canBeOffline ? "" : " (skipped: no unshare -rn)"),
  ignore: !canBeOffline,
  fn: () =>
    inFolder(async (folder) => {
      const [data, run] = [join(folder, "data"), join(folder, "run")];
      await writeImages(data);
      const small = ["--model", "A", "--width", "0.03", "--size", "32", "--epochs", "1"];
      const wasm = ["--engine", "wasm"];
      const alone = (...args: string[]): ReturnType<typeof vgg> => vgg(args, {}, offline);
      const trained = await alone("train", "--data", data, "--run", run, ...small, ...wasm);
      assert.equal(trained.code, 0, trained.err);
      const predicted = await alone("predict", data, "--run", run, "--json", ...wasm);
      assert.equal(predicted.out.split("\n").length, 11, predicted.err);
      const file = join(folder, "net.h5");
      const exported = await alone("export", "--run", run, "--format", "keras", "--output", file);
      assert.equal(exported.code, 0, exported.err);
    }),
});

Deno.test("fetchPublished() names the task that may fetch, where this process may not", () =>
  inFolder(async (folder) => {
    const module = new URL("../../lib/weights/published.ts", import.meta.url).href;
    const script = `import { fetchPublished } from "${module}";
      await fetchPublished("imagenet-keras", { root: "${folder}/weights" }).catch(({ message }) =>
        console.log(message));`;
    const path = join(folder, "script.ts");
    await Deno.writeTextFile(path, script);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-check", "--no-prompt", "--allow-read", `--allow-write=${folder}`],
        ...["--allow-env", "--config", fileURLToPath(new URL("../../deno.json", import.meta.url))],
        path,
      ],
    }).output();
    assert.match(
      new TextDecoder().decode(stdout),
      /get it with: deno task data imagenet-keras \(553 MB\)\n$/,
    );
  }));
