import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "@std/path";
import { create } from "tar";
import { download } from "../../lib/data/download.ts";
import { type DownloadableSet, downloadableSets, listSets } from "../../lib/data/sets.ts";
import { withFolder } from "./support.ts";

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
      url: `http://127.0.0.1:${server.addr.port}/toy.tgz`,
      bytes: archive.length,
      sha256: createHash("sha256").update(archive).digest("hex"),
      terms: "none",
    };
    try {
      await use(set, join(source, "data"), starts, archive);
    } finally {
      await server.shutdown();
    }
  });
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
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
    assert.equal(fetched, set.bytes);
    assert.deepEqual(await names(root), ["toy"]);
    await download(set, { root });
    assert.deepEqual(starts, [0]);
  });
});

Deno.test("download() resumes what was cut off", async () => {
  const half: Answer = (bytes, start) =>
    start === 0 ? new Response(bytes.slice(0, 20_000)) : whole(bytes, start);
  await withServer(half, async (set, root, starts) => {
    await assert.rejects(download(set, { root }), /ended after 20000 of \d+ bytes.*resumes/);
    await download(set, { root });
    assert.deepEqual(starts, [0, 20_000]);
    assert.deepEqual(await names(root), ["toy"]);
  });
});

Deno.test("download() begins anew where the server knows no ranges", async () => {
  await withServer((bytes) => new Response(bytes), async (set, root, _starts, archive) => {
    await Deno.mkdir(root);
    await Deno.writeFile(join(root, "toy.download.part"), archive.subarray(0, 9));
    await download(set, { root });
    assert.deepEqual(await names(root), ["toy"]);
  });
});

Deno.test("download() throws away an archive that is not the one expected", async () => {
  await withServer(whole, async (set, root) => {
    const wrong = { ...set, sha256: "0".repeat(64) };
    await assert.rejects(
      download(wrong, { root }),
      /SHA-256 must be 0{64}\. Received: [0-9a-f]{64}/,
    );
    assert.deepEqual(await names(root), []);
    await assert.rejects(
      download({ ...set, bytes: set.bytes - 1 }, { root }),
      /size in bytes must be/,
    );
    assert.deepEqual(await names(root), []);
  });
});

Deno.test("download() says that a server refuses or is not there", async () => {
  await withServer(() => new Response("no", { status: 404 }), async (set, root) => {
    await assert.rejects(download(set, { root }), {
      name: "DataError",
      message: /was refused: 404/,
    });
  });
  await withServer(whole, async (set, root) => {
    const nowhere = { ...set, url: "http://127.0.0.1:1/toy.tgz" };
    await assert.rejects(download(nowhere, { root }), /cannot be reached/);
  });
});

Deno.test("download() stops when it is told to, and keeps what it has", async () => {
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

Deno.test("listSets() tells whole, begun and absent sets apart", async () => {
  const files = { "cifar10/data_batch_1.bin": "-", "imagenette160.download.part": "-" };
  await withFolder(files, async (root) => {
    const states = await listSets(root);
    assert.deepEqual(states.map(({ state }) => state), ["whole", "begun", "absent"]);
    assert.equal(states.length, downloadableSets.length);
  });
});
