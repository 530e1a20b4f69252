import assert from "node:assert/strict";
import { drawPicture } from "../../lib/data/drawn10/picture.ts";
import { closeWorkshop, drawOrder } from "../../lib/data/drawn10/workshop.ts";
import { randomStream } from "../../lib/random/stream.ts";

Deno.test("drawOrder() gives the same bytes here and on other cores, alone and among others", async () => {
  const orders = Array.from({ length: 12 }, (_, number) => ({
    label: number % 10,
    seeds: ["workshop", number],
    size: 32 + number,
  }));
  const expected = orders.map(({ label, seeds, size }) =>
    drawPicture(label, randomStream(...seeds), size)
  );
  assert.deepEqual([await drawOrder(orders[0] ?? assert.fail())], expected.slice(0, 1));
  assert.deepEqual(await Promise.all(orders.map(drawOrder)), expected);
  await closeWorkshop();
  assert.deepEqual(await Promise.all(orders.map(drawOrder)), expected);
  await closeWorkshop();
});

Deno.test("drawOrder() passes on what goes wrong on another core, and goes on after it", async () => {
  const good = { label: 1, seeds: ["workshop"], size: 16 };
  const outcomes = await Promise.allSettled([
    drawOrder(good),
    drawOrder({ label: 10, seeds: ["workshop"], size: 16 }),
  ]);
  const [first, second] = outcomes;
  assert.equal(first?.status, "fulfilled");
  assert.ok(second?.status === "rejected");
  assert.match(String(second.reason), /RangeError: class must be 0 to 9\. Received: 10/);
  const pictures = await Promise.all([drawOrder(good), drawOrder(good)]);
  assert.deepEqual(pictures[0], pictures[1]);
  await closeWorkshop();
});

Deno.test("drawOrder() does not keep the process alive", async () => {
  const module = new URL("../../lib/data/drawn10/workshop.ts", import.meta.url);
  const script = `import { drawOrder } from ${JSON.stringify(module.href)};
    const order = { label: 0, seeds: [1], size: 16 };
    await Promise.all([drawOrder(order), drawOrder(order)]);
    globalThis.addEventListener("unload", () => console.log("ended", performance.now() - last));
    const last = performance.now();`;
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", script],
    cwd: new URL("../..", import.meta.url),
  }).output();
  assert.ok(success);
  const [word, milliseconds] = new TextDecoder().decode(stdout).trim().split(" ");
  assert.equal(word, "ended");
  assert.ok(Number(milliseconds) < 1500, `ended after ${milliseconds} ms`);
});
