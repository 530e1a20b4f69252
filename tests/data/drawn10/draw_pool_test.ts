import assert from "node:assert/strict";
import { closePool, requestImage } from "../../../lib/data/drawn10/draw_pool.ts";
import { drawImage } from "../../../lib/data/drawn10/image.ts";
import { randomStream } from "../../../lib/random/stream.ts";
import { childFlags } from "../../child_flags.ts";

Deno.test("requestImage() gives the same bytes on this thread and in workers", async () => {
  const requests = Array.from({ length: 12 }, (_, number) => ({
    label: number % 10,
    seeds: ["setup", number],
    size: 32 + number,
  }));
  const expected = requests.map(({ label, seeds, size }) =>
    drawImage(label, randomStream(...seeds), size)
  );
  assert.deepEqual([await requestImage(requests[0] ?? assert.fail())], expected.slice(0, 1));
  assert.deepEqual(await Promise.all(requests.map(requestImage)), expected);
  await closePool();
  assert.deepEqual(await Promise.all(requests.map(requestImage)), expected);
  await closePool();
});

Deno.test("requestImage() throws the error of a worker, and works after it", async () => {
  const good = { label: 1, seeds: ["setup"], size: 16 };
  const outcomes = await Promise.allSettled([
    requestImage(good),
    requestImage({ label: 10, seeds: ["setup"], size: 16 }),
  ]);
  const [first, second] = outcomes;
  assert.equal(first?.status, "fulfilled");
  assert.ok(second?.status === "rejected");
  assert.match(String(second.reason), /RangeError: class must be 0 to 9\. Received: 10/);
  const images = await Promise.all([requestImage(good), requestImage(good)]);
  assert.deepEqual(images[0], images[1]);
  await closePool();
});

Deno.test("requestImage() does not keep the process alive", async () => {
  const module = new URL("../../../lib/data/drawn10/draw_pool.ts", import.meta.url);
  const script = `import { requestImage } from ${JSON.stringify(module.href)};
    const request = { label: 0, seeds: [1], size: 16 };
    await Promise.all([requestImage(request), requestImage(request)]);
    globalThis.addEventListener("unload", () => console.log("ended", performance.now() - last));
    const last = performance.now();`;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", ...childFlags, script],
    cwd: new URL("../../..", import.meta.url),
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const [word, milliseconds] = new TextDecoder().decode(stdout).trim().split(" ");
  assert.equal(word, "ended");
  assert.ok(Number(milliseconds) < 1500, `ended after ${milliseconds} ms`);
});
