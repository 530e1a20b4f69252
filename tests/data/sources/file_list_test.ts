import assert from "node:assert/strict";
import { FileList } from "../../../lib/data/sources/file_list.ts";
import { fileSplit } from "../../../lib/data/sources/file_split.ts";

const files = Array.from({ length: 2500 }, (_, index) => ({
  path: `${"é".repeat(index % 3)}class_${index % 7}/${index}.jpg`,
  label: index % 7,
}));

Deno.test("FileList gives the files that were added, in order", () => {
  const list = FileList.of(files);
  assert.equal(list.length, 2500);
  assert.deepEqual([...list], files);
  assert.deepEqual([...list.paths()], files.map(({ path }) => path));
  assert.deepEqual([...list.labels()], files.map(({ label }) => label));
  for (const outside of [-1, 2500, 3000]) assert.equal(list.path(outside), undefined);
});

Deno.test("fileSplit() has the paths and labels of its files, and no others", () => {
  const split = fileSplit("photos", files);
  assert.equal(split.length, 2500);
  assert.deepEqual([...split.labels], files.map(({ label }) => label));
  assert.deepEqual(files.map((_, index) => split.path(index)), files.map(({ path }) => path));
  assert.throws(() => split.path(2500), /sample must be 0 to 2499. Received: 2500/);
});
