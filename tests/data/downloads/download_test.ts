import { join } from "@std/path";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { create } from "tar";
import { download } from "../../../lib/data/downloads/download.ts";
import {
  type DownloadableSet,
  downloadableSets,
  listSets,
} from "../../../lib/data/downloads/downloads.ts";
import { childFlags } from "../../child_flags.ts";
import { testOnPosix } from "../../test_on_posix.ts";
import { withFolder } from "../support.ts";

/** What the server of a test does with a request for `bytes`, from `start` on. */
type Answer = (bytes: Uint8Array<ArrayBuffer>, start: number) => Response;

const whole: Answer = (bytes, start) =>
  start === 0 ? new Response(bytes) : new Response(bytes.slice(start), {
    status: 206,
    headers: { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` },
  });

/** Runs with a set whose archive a local server offers, and an empty folder to download it to. */
async function withServer(
  answer: Answer,
  use: (set: DownloadableSet, root: string, starts: number[], archive: Uint8Array) => Promise<void>,
): Promise<void> {
  // Noise, so that the archive spans several chunks.
  const noise = crypto.getRandomValues(new Uint8Array(60_000));
  await withFolder({ "toy/train/cat/1.jpg": noise }, async (source) => {
    await create({ file: join(source, "toy.tgz"), cwd: source, gzip: true }, ["toy"]);
    const archive = await Deno.readFile(join(source, "toy.tgz"));
    const starts: number[] = [];
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
      const start = Number(/\d+/.exec(request.headers.get("range") ?? "0")?.[0]);
      starts.push(start);
      return answer(archive, start);
    });
    const set = {
      name: "toy",
      title: "A toy",
      archive: {
        name: "toy's archive",
        url: `http://127.0.0.1:${server.addr.port}/toy.tgz`,
        bytes: archive.length,
        digest: {
          algorithm: "sha256",
          value: createHash("sha256").update(archive).digest("hex"),
        },
      },
      terms: "none",
    } as const;
    try {
      await use(set, join(source, "data"), starts, archive);
    } finally {
      await server.shutdown();
    }
  });
}

/** What is in a folder, but for the locks of processes. */
async function names(folder: string): Promise<string[]> {
  const all = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  return all.filter((name) => !name.endsWith(".lock")).sort();
}

Deno.test("download() fetches, verifies and unpacks a set, once", async () => {
  await withServer(whole, async (set, root, starts) => {
    const stages = new Set<string>();
    let fetched = 0;
    const onProgress = ({ stage, bytes }: { stage: string; bytes: number }): void => {
      stages.add(stage);
      if (stage === "fetching") fetched = bytes;
    };
    assert.equal(await download(set, { root, onProgress }), join(root, "toy"));
    assert.equal((await Deno.stat(join(root, "toy/train/cat/1.jpg"))).size, 60_000);
    assert.deepEqual([...stages], ["fetching", "verifying", "unpacking"]);
    assert.equal(fetched, set.archive.bytes);
    assert.deepEqual(await names(root), ["toy"]);
    await download(set, { root });
    assert.deepEqual(starts, [0]);
  });
});

Deno.test("download() starts over if the server knows no ranges", async () => {
  await withServer((bytes) => new Response(bytes), async (set, root, _starts, archive) => {
    await Deno.mkdir(root);
    await Deno.writeFile(join(root, "toy.download.part"), archive.subarray(0, 9));
    await download(set, { root });
    assert.deepEqual(await names(root), ["toy"]);
  });
});

Deno.test("download() removes an archive that is not the expected one", async () => {
  await withServer(whole, async (set, root) => {
    const digest = { algorithm: "sha256", value: "0".repeat(64) } as const;
    await assert.rejects(
      download({ ...set, archive: { ...set.archive, digest } }, { root }),
      /^DataError: .*SHA-256 must be 0{64}\. Received: [0-9a-f]{64}/,
    );
    assert.deepEqual(await names(root), []);
  });
});

Deno.test("download() says that a server refuses or cannot be reached", async () => {
  await withServer(() => new Response("no", { status: 404 }), async (set, root) => {
    await assert.rejects(download(set, { root }), {
      name: "DataError",
      message: /was refused: 404/,
    });
  });
  await withServer(whole, async (set, root) => {
    const nowhere = { ...set.archive, url: "http://127.0.0.1:1/toy.tgz" };
    const retry = { idleTimeout: 1000, attempts: 1, delay: 1, maxDelay: 1 };
    await assert.rejects(
      download({ ...set, archive: nowhere }, { root, retry }),
      /cannot be reached.*put a copy of it at .*toy\.download\.part/,
    );
  });
});

testOnPosix(
  "download() refuses an archive that holds a link, and leaves no partial set",
  "links need a right",
  async () => {
    await withFolder({ "toy/a.jpg": "image" }, async (source) => {
      await Deno.symlink("/etc/passwd", join(source, "toy", "link"));
      await create({ file: join(source, "toy.tgz"), cwd: source, gzip: true }, ["toy"]);
      const bytes = await Deno.readFile(join(source, "toy.tgz"));
      await withServer(whole, async ({ archive, ...set }, root) => {
        const digest = {
          algorithm: "sha256",
          value: createHash("sha256").update(bytes).digest("hex"),
        } as const;
        await Deno.mkdir(root);
        await Deno.writeFile(join(root, "toy.download.part"), bytes);
        await assert.rejects(
          download({ ...set, archive: { ...archive, bytes: bytes.length, digest } }, { root }),
          /^DataError: .*"toy\/link" is a SymbolicLink/,
        );
        assert.deepEqual(await names(root), ["toy.download.part"]);
      });
    });
  },
);

Deno.test("download() removes what a process that died left partly unpacked", async () => {
  await withServer(whole, async (set, root) => {
    await Deno.mkdir(join(root, "toy.unpacking", "train"), { recursive: true });
    await Deno.writeTextFile(join(root, "toy.unpacking", "half.jpg"), "half");
    await download(set, { root });
    assert.deepEqual(await names(join(root, "toy")), ["train"]);
    assert.deepEqual(await names(root), ["toy"]);
  });
});

Deno.test("download() fetches a set once if two processes want it", async () => {
  await withServer(whole, async (set, root, starts) => {
    const script = new URL("download_process.ts", import.meta.url).href;
    const ends = await Promise.all([1, 2].map(() =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", ...childFlags, script, JSON.stringify(set), root],
      }).output()
    ));
    for (const { success, stderr } of ends) {
      assert.ok(success, new TextDecoder().decode(stderr));
    }
    assert.deepEqual(starts, [0]);
    assert.deepEqual(await names(root), ["toy"]);
  });
});

Deno.test("download() ends on abort, and keeps what it has", async () => {
  await withServer(whole, async (set, root) => {
    const controller = new AbortController();
    const onProgress = (): void => controller.abort();
    await assert.rejects(download(set, { root, onProgress, signal: controller.signal }), {
      name: "AbortError",
    });
    assert.deepEqual(await names(root), ["toy.download.part"]);
    await download(set, { root });
    assert.deepEqual(await names(root), ["toy"]);
  });
});

Deno.test("listSets() tells complete, begun and absent sets apart", async () => {
  const files = { "cifar10/data_batch_1.bin": "-", "imagenette160.download.part": "-" };
  await withFolder(files, async (root) => {
    const states = await listSets(root);
    const found = new Map(states.map(({ set, state }) => [set.name, state]));
    assert.equal(found.size, downloadableSets.length);
    assert.deepEqual(
      ["cifar10", "imagenette160", "imagenette320"].map((name) => found.get(name)),
      ["whole", "begun", "absent"],
    );
  });
});
