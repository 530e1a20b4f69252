import { join } from "@std/path";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { downloadableSets } from "../../lib/data/downloads/downloads.ts";
import { head, silence, withRawServer } from "../files/remote/raw_server.ts";
import { synsets, withSynsets } from "../data/downloads/article_server.ts";
import { inFolder } from "../in_folder.ts";
import { permissionFlags } from "./support.ts";

const root = new URL("../../", import.meta.url);
const cifar10 = downloadableSets.find(({ name }) => name === "cifar10")!;

/** Starts `data` in a folder, with a server that stands in for all others. */
function start(folder: string, mirror: string, words = ["cifar10"]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...[
        "run",
        // Its folder is that of the process here.
        ...permissionFlags("fetch"),
        "--no-check",
        "--quiet",
        "--config",
        fileURLToPath(new URL("deno.json", root)),
      ],
      ...[fileURLToPath(new URL("lib/cli.ts", root)), "data", ...words],
    ],
    cwd: folder,
    env: { NO_COLOR: "1", VGG_MIRROR: mirror },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits for something that a process does, as long as that lives. */
async function until(child: Deno.ChildProcess, isSo: () => Promise<boolean>): Promise<void> {
  let ended = false;
  child.status.then(() => ended = true);
  while (!await isSo()) {
    assert.ok(!ended, "it ended before");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function sizeOf(file: string): Promise<number> {
  return await Deno.stat(file).then(({ size }) => size, () => 0);
}

Deno.test({
  name: "data keeps what it has at Ctrl-C, and the same command goes on from there",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder((folder) =>
      withRawServer(async ({ number, path }, send) => {
        assert.equal(path, "/sets/cifar-10-binary.tar.gz");
        if (number > 0) return await send(head("404 Not Found", {}));
        await send(
          head("200 OK", { "content-length": cifar10.archive.bytes }),
          new Uint8Array(100_000),
        );
        await silence();
      }, async (origin, requests) => {
        const part = join(folder, "data", "cifar10.download.part");
        const first = start(folder, `${origin}/sets`);
        await until(first, async () => await sizeOf(part) >= 100_000);
        first.kill("SIGINT");
        const { code, stderr } = await first.output();
        assert.equal(code, 130, new TextDecoder().decode(stderr));
        assert.equal(await sizeOf(part), 100_000);

        const second = start(folder, `${origin}/sets`);
        await until(second, () => Promise.resolve(requests.length === 2));
        second.kill("SIGKILL"); // Before it asks the set's own server.
        await second.output();
        assert.deepEqual(requests.map((request) => request.start), [0, 100_000]);
      })
    ),
});

Deno.test("data article shows ImageNet's terms, fetches once they are accepted, and remembers that", () =>
  inFolder((folder) =>
    withSynsets(synsets(10), async (base, requests) => {
      const data = async (
        ...flags: string[]
      ): Promise<{ code: number; out: string; err: string }> => {
        const { code, stdout, stderr } = await start(folder, base, ["article", ...flags]).output();
        const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
        return { code, out: out!, err: err! };
      };
      const refused = await data();
      assert.equal(refused.code, 2);
      assert.match(
        refused.err,
        /non-commercial research and education.*\n[^]*data article --accept-terms\n$/,
      );
      assert.deepEqual(requests, []);

      const fetched = await data("--accept-terms");
      assert.deepEqual([fetched.code, fetched.out], [
        0,
        `article is in ${join("data", "article")}\n`,
      ]);
      assert.match(fetched.err, /10 classes from 127.*on the disk, of which \d+ MB are free/);
      assert.match(fetched.err, /bucket: 8 training and 2 validation images\n/);

      const again = await data();
      assert.deepEqual([again.code, again.err], [0, ""]);
    })
  ));
