import assert from "node:assert/strict";
import { DataError } from "../../../lib/data/errors.ts";
import { cifar10, cifar10Layout } from "../../../lib/data/sources/cifar10.ts";
import { countClasses, sharedData, withFolder, withSharedData } from "../support.ts";

const folder = `${sharedData}/cifar10/cifar-10-batches-bin`;
const stretch = { mode: "stretch", size: 32 } as const;
const names = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n";

function record(label: number, red: number, green: number, blue: number): Uint8Array {
  const bytes = new Uint8Array(3073);
  bytes[0] = label;
  bytes.fill(red, 1, 1025).fill(green, 1025, 2049).fill(blue, 2049);
  return bytes;
}

function batches(
  change: Record<string, string | Uint8Array> = {},
): Record<string, string | Uint8Array> {
  return {
    "batches.meta.txt": names,
    ...Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`data_batch_${n}.bin`, record(n, n, 0, 9)])),
    "test_batch.bin": record(9, 1, 2, 3),
    ...change,
  };
}

withSharedData("cifar10() reads the official files, whatever their number of records", async () => {
  assert.ok(await cifar10Layout.recognize(folder) !== undefined);
  const dataset = await cifar10(folder);
  assert.equal(dataset.train.length, 13_000);
  assert.equal(dataset.validation.length, 5_000);
  assert.deepEqual(countClasses(dataset, dataset.train), Array(10).fill(1300));
  assert.deepEqual(countClasses(dataset, dataset.validation), Array(10).fill(500));
  assert.equal(dataset.classes[0]?.name, "airplane");
  assert.equal(dataset.classes[9]?.id, "truck");
  assert.equal(dataset.train.labels[0], 6);
  assert.equal(dataset.train.path(2600), "data_batch_2.bin#0");
});

Deno.test("cifar10() converts color planes to pixels and resizes", async () => {
  await withFolder(batches(), async (folder) => {
    const { train, validation } = await cifar10(folder);
    assert.deepEqual([...train.labels], [1, 2, 3, 4, 5]);
    const image = await validation.image(0, stretch);
    assert.deepEqual([image.width, image.height], [32, 32]);
    assert.deepEqual([...image.data.subarray(3069)], [1, 2, 3]);
    const larger = await validation.image(0, { mode: "stretch", size: 48 });
    assert.deepEqual([larger.width, larger.data.length], [48, 48 * 48 * 3]);
    assert.deepEqual([...larger.data.subarray(0, 3)], [1, 2, 3]);
    await assert.rejects(() => train.image(5, stretch), /0 to 4. Received: 5/);
  });
});

Deno.test("cifar10() rejects truncated files, bad labels and missing files, and names the file", async () => {
  const cases: [Record<string, string | Uint8Array>, RegExp][] = [
    [{ "data_batch_3.bin": new Uint8Array(3000) }, /data_batch_3\.bin.*3073.*Received: 3000 bytes/],
    [{ "data_batch_4.bin": new Uint8Array(0) }, /data_batch_4\.bin.*Received: 0 bytes/],
    [{ "test_batch.bin": record(10, 0, 0, 0) }, /test_batch\.bin, record 0.*0 to 9. Received: 10/],
    [{ "batches.meta.txt": "airplane\n" }, /batches\.meta\.txt.*10 classes. Received: 1/],
  ];
  for (const [change, message] of cases) {
    await withFolder(batches(change), async (folder) => {
      await assert.rejects(cifar10(folder), (error) => {
        assert.ok(error instanceof DataError);
        assert.match(error.message, message);
        return true;
      });
    });
  }
  await withFolder({ "data_batch_1.bin": record(0, 0, 0, 0) }, async (folder) => {
    await assert.rejects(cifar10(folder), /not complete: .*missing/);
  });
});

Deno.test("cifar10() names a file that cannot be read", async () => {
  const names = Array.from({ length: 10 }, (_, index) => `class ${index}`).join("\n");
  const files = { "data_batch_1.bin/inside": "-", "batches.meta.txt": names };
  await withFolder(files, async (folder) => {
    await assert.rejects(cifar10(folder), {
      name: "DataError",
      message: /is not complete: .*(data_batch_1\.bin cannot be read|is missing)/,
    });
  });
});
