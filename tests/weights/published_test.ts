import { join } from "@std/path";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { RemoteFile } from "../../lib/files/remote/remote_file.ts";
import { tf } from "../../lib/engine/tf.ts";
import { describeWeights } from "../../lib/weights/describe.ts";
import { openWeights } from "../../lib/weights/open_weights.ts";
import { fetchPublished, publishedWeights } from "../../lib/weights/published.ts";
import { inFolder } from "../in_folder.ts";

await tf.setBackend("cpu");

const classes = JSON.stringify({
  2: ["n3", "great_grey_owl"],
  0: ["n1", "tench"],
  1: ["n2", "ray"],
});

/** Calls `work` with a server of a small Keras file and a list of its three classes. */
async function withServer(
  work: (files: { weights: RemoteFile; classes: RemoteFile }, requests: string[]) => Promise<void>,
): Promise<void> {
  const file = await Deno.readFile(new URL("golden/keras.h5", import.meta.url));
  const files: Record<string, Uint8Array<ArrayBuffer>> = {
    "/weights.h5": file,
    "/classes.json": new TextEncoder().encode(classes),
  };
  const requests: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    requests.push(pathname);
    return new Response(files[pathname]!);
  });
  const remote = (path: string): RemoteFile => ({
    name: path,
    url: `http://127.0.0.1:${server.addr.port}${path}`,
    bytes: files[path]!.length,
    digest: { algorithm: "md5", value: createHash("md5").update(files[path]!).digest("hex") },
  });
  try {
    await work({ weights: remote("/weights.h5"), classes: remote("/classes.json") }, requests);
  } finally {
    await server.shutdown();
  }
}

Deno.test("fetchPublished() downloads weights and the names of their classes once", () =>
  inFolder((root) =>
    withServer(async (remote, requests) => {
      const weights = { ...publishedWeights["imagenet-keras"], file: remote.weights };
      const options = { root, weights, classes: remote.classes };
      const { path, classes } = await fetchPublished("imagenet-keras", options);
      assert.deepEqual(classes.map(({ name }) => name), ["tench", "ray", "great grey owl"]);
      using opened = describeWeights(await openWeights(path), { classes });
      assert.deepEqual(opened.description.normalization.mean, [123.68, 116.779, 103.939]);
      await fetchPublished("imagenet-keras", options);
      assert.deepEqual(requests, ["/weights.h5", "/classes.json"]);
    })
  ));

Deno.test("fetchPublished() without downloads names the task for what is missing", () =>
  inFolder((root) =>
    withServer(async (remote, requests) => {
      const weights = { ...publishedWeights["imagenet-keras"], file: remote.weights };
      const options = { root, weights, classes: remote.classes };
      await assert.rejects(
        fetchPublished("imagenet-keras", { ...options, download: false }),
        /^FetchError: imagenet-keras is not in .* yet; get it with: deno task data imagenet-keras \(/,
      );
      const { path } = await fetchPublished("imagenet-keras", options);
      assert.equal(
        (await fetchPublished("imagenet-keras", { ...options, download: false })).path,
        path,
      );
      await Deno.remove(join(root, "imagenet_class_index.json"));
      await assert.rejects(
        fetchPublished("imagenet-keras", { ...options, download: false }),
        /^FetchError: .* is not in .*imagenet_class_index.json yet/,
      );
      assert.equal(requests.length, 2);
    })
  ));

Deno.test("fetchPublished() names the task that fetches if no server can be reached", () =>
  inFolder(async (root) => {
    const retry = { idleTimeout: 1000, attempts: 1, delay: 1, maxDelay: 1 };
    const url = "http://127.0.0.1:1/weights.h5";
    const { file, ...weights } = publishedWeights["imagenet-keras"];
    const unreachable = { ...weights, file: { ...file, url, mirrors: [] } };
    await assert.rejects(
      fetchPublished("imagenet-keras", { root, weights: unreachable, retry }),
      /^FetchError: \S+ cannot be reached: .*; to fetch it another time: deno task data imagenet-keras \(553 MB\)$/,
    );
  }));

Deno.test("fetchPublished() deletes a download with another digest", () =>
  inFolder((root) =>
    withServer(async (remote) => {
      const file = { ...remote.weights, digest: { algorithm: "md5", value: "0" } } as const;
      const weights = { ...publishedWeights["imagenet-keras"], file };
      await assert.rejects(
        fetchPublished("imagenet-keras", { root, weights, classes: remote.classes }),
        /^FetchError: What .* sent is not .*MD5 must be 0\. Received: [0-9a-f]{32}/,
      );
      const left = await Array.fromAsync(Deno.readDir(root), ({ name }) => name);
      assert.deepEqual(left.filter((name) => !name.endsWith(".lock")), []);
    })
  ));

Deno.test("fetchPublished() rejects a damaged list of classes", () =>
  inFolder((root) =>
    withServer(async (remote) => {
      const weights = { ...publishedWeights["imagenet-keras"], file: remote.weights };
      const options = { root, weights, classes: remote.classes };
      for (const text of ["{", "[1]", '{"0": 1}']) {
        await Deno.writeTextFile(join(root, "imagenet_class_index.json"), text);
        await assert.rejects(
          fetchPublished("imagenet-keras", options),
          /^WeightsError: .*imagenet_class_index\.json is damaged/,
        );
      }
    })
  ));

Deno.test("describeWeights() converts Keras's published nets from BGR to RGB", async () => {
  const path = join(import.meta.dirname!, "golden", "keras.h5");
  using raw = await openWeights(path);
  const name = "block1_conv1/kernel";
  const kernel = await raw.arrays.get(name)!.read();
  const converted = describeWeights(raw, { preprocessing: "keras" });
  const [, , channels, filters] = raw.arrays.get(name)!.shape as [number, number, number, number];
  const rgb = await converted.arrays.get(name)!.read();
  for (const [index, value] of rgb.entries()) {
    const channel = Math.floor(index / filters) % channels;
    assert.equal(value, kernel[index + (2 - 2 * channel) * filters]);
  }
});
