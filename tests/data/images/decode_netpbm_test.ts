import assert from "node:assert/strict";
import { decodeImage } from "../../../lib/data/images/decode.ts";

function netpbm(header: string, ...values: readonly number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(...new TextEncoder().encode(header), ...values);
}

Deno.test("decodeImage() reads binary PPM and PGM as Pillow does", async () => {
  // The values are those of Pillow 13's Image.open(…).convert("RGB"); it does not scale 16-bit gray.
  const cases: [Uint8Array<ArrayBuffer>, number[]][] = [
    [netpbm("P6\n2 1\n255\n", 1, 2, 3, 253, 254, 255), [1, 2, 3, 253, 254, 255]],
    [netpbm("P6 # made by hand\n2\t1 255 ", 10, 35, 32, 9, 9, 9), [10, 35, 32, 9, 9, 9]],
    [netpbm("P6\n1 1\n100\n", 0, 50, 100), [0, 128, 255]],
    [netpbm("P6\n1 1\n65535\n", 0, 0, 128, 0, 255, 255), [0, 128, 255]],
    [netpbm("P5\n2 1\n255\n", 7, 8), [7, 7, 7, 8, 8, 8]],
  ];
  for (const [bytes, expected] of cases) {
    const { width, height, data } = await decodeImage(bytes);
    assert.deepEqual([width * height * 3, ...data], [expected.length, ...expected]);
  }
  const large = await decodeImage(netpbm("P6\n1 1\n255\n", 5, 6, 7), { mode: "stretch", size: 2 });
  assert.deepEqual([...large.data.subarray(9)], [5, 6, 7]);
});

Deno.test("decodeImage() names the fault of a PPM", async () => {
  const cases: [Uint8Array<ArrayBuffer>, RegExp][] = [
    [netpbm("P6\n2 1\n255\n", 1, 2, 3), /a\.ppm: the file is cut off/],
    [netpbm("P6\n2 x\n255\n", 1, 2, 3), /a\.ppm: its data is damaged/],
    [netpbm("P6\n0 1\n255\n"), /a\.ppm: its data is damaged/],
    [netpbm("P6\n999999 999999\n255\n"), /a\.ppm: the file is cut off/],
    [netpbm("P3\n1 1\n255\n1 2 3\n"), /a\.ppm: it is a Netpbm picture that is not a binary PPM/],
  ];
  for (const [bytes, message] of cases) {
    await assert.rejects(decodeImage(bytes, undefined, "a.ppm"), {
      name: "BrokenImageError",
      message,
    });
  }
});
