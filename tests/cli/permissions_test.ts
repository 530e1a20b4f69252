import assert from "node:assert/strict";
import { join } from "@std/path";
import config from "../../deno.json" with { type: "json" };
import { inFolder } from "../in_folder.ts";
import { vgg } from "./support.ts";

const tasks: Readonly<Record<string, string>> = config.tasks;
/** Tasks that start other programs or run tests, which may be anything. */
const unbound = ["notebooks"];

Deno.test("tasks of the command line run with a set of permissions, and ask for no others", () => {
  const own = Object.entries(tasks).filter(([, command]) => command.includes("lib/cli.ts"));
  assert.ok(own.length >= 10);
  for (const [name, command] of own) {
    if (unbound.includes(name)) continue;
    const [, set] = /^deno run -q -P=(\w+) --no-prompt lib\/cli\.ts /.exec(command) ?? [];
    assert.ok(set && set in config.permissions, `${name}: ${command}`);
    assert.doesNotMatch(command, /-A\b|--allow/);
  }
});

Deno.test("what computes has no network, and what has network computes nothing", () => {
  const { compute, fetch } = config.permissions;
  assert.ok(!("net" in compute));
  assert.deepEqual(compute.run, ["python3", "nvidia-smi"]);
  assert.ok(!("ffi" in fetch) && !("run" in fetch));
  assert.deepEqual(fetch.write, ["data"]);
});

/** Four pictures of one colour each, in two class folders, as bitmaps that need no encoder. */
async function writePictures(folder: string): Promise<void> {
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

Deno.test("train, predict and export do with their permissions, and published weights are asked of data", () =>
  inFolder(async (folder) => {
    const [data, run] = [join(folder, "data"), join(folder, "run")];
    await writePictures(data);
    const small = ["--model", "A", "--width", "0.03", "--size", "32", "--epochs", "1"];
    const native = ["--engine", "wasm"];
    const trained = await vgg(["train", "--data", data, "--run", run, ...small, ...native]);
    assert.equal(trained.code, 0, trained.err);
    const predicted = await vgg(["predict", data, "--run", run, "--json", ...native]);
    assert.equal(predicted.out.split("\n").length, 11, predicted.err);
    const file = join(folder, "net.h5");
    const exported = await vgg(["export", "--run", run, "--format", "keras", "--output", file]);
    assert.equal(exported.code, 0, exported.err);
    const published = await vgg(["predict", data, "--weights", "imagenet-keras", ...native]);
    const isFetched = published.code === 0;
    if (!isFetched) {
      assert.match(published.err, /get it with: deno task data imagenet-keras \(554 MB\)\n$/);
    }
  }));
