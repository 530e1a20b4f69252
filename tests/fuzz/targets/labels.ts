import { join } from "@std/path";
import fc from "fast-check";
import { DataError } from "../../../lib/data/errors.ts";
import { loadDataset } from "../../../lib/data/open_dataset.ts";
import { labelFromName } from "../../../lib/data/sources/labels/label_pattern.ts";
import { OptionError } from "../../../lib/errors.ts";
import { tablesOf } from "../models/tables.ts";
import { fileTarget, type Target, wholeJson } from "../target.ts";
import { addFile, readAll } from "./data.ts";

/** Pictures that a table, or a pattern, may name. */
async function readLabels(table: string, folder: string): Promise<void> {
  await Deno.mkdir(join(folder, "train"));
  for (let index = 0; index < 4; index++) await addFile(join(folder, "train", `${index}.jpg`));
  // Columns that are named, or found, in turns.
  const { size } = await Deno.stat(table);
  const columns = size % 4 === 0 ? { labelColumns: ["id", "label"] } : {};
  await readAll(await loadDataset(folder, size % 4 === 1 ? {} : { labels: table, ...columns }));
}

const tables = [
  `id,label\n${Array.from({ length: 4 }, (_, index) => `${index},${index % 2}`).join("\n")}\n`,
  "image;MEL;NV\n1;0.0;1.0\n2;1.0;0.0\n",
  'file\tclass\tsplit\n"train/1.jpg"\tcat\tval\ntrain\\2.jpg\tdog\ttrain\n3.jpg\tcat\ttest\n',
  "1.jpg cat\n2.jpg dog\n",
];

/** Patterns of file names, and names. */
const patterns = fc.tuple(
  fc.array(fc.constantFrom("{label}", "*", "#", ".", "_", "(", "[a-z]+", "1", "\\", "é", "$"), {
    maxLength: 6,
  }).map((parts) => parts.join("")),
  fc.array(fc.string({ unit: fc.constantFrom("1", "a", "_", ".", "é", "\n"), maxLength: 255 }), {
    maxLength: 4,
  }),
);

/** Texts in any value of JSON. */
function textsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [String(value)];
  return Object.values(value).flatMap(textsIn);
}

/** Readers of the classes of pictures without class folders. */
export const labelTargets: readonly Target[] = [
  // Some of its errors name the folder.
  {
    ...fileTarget({
      name: "labels: tables",
      file: "labels.csv",
      seeds: () => Promise.resolve(tables.map((table) => new TextEncoder().encode(table))),
      model: tablesOf(
        ["id", "image", "file", "filename", "label", "class", "split", "MEL", "NV", "x", "width"],
        ["0", "1", "2", "1.jpg", "train/1.jpg", "train\\2.jpg", "cat", "dog", "val", "test", "0.5"],
      ),
      read: readLabels,
      errors: [DataError],
    }),
    names: /./,
  },
  {
    name: "labels: patterns",
    seeds: () => Promise.resolve([new TextEncoder().encode('["{label}_#.jpg", ["a_1.jpg"]]')]),
    model: patterns.map((value) => new TextEncoder().encode(JSON.stringify(value))),
    json: wholeJson,
    read: (input) => {
      let values: unknown;
      try {
        values = JSON.parse(new TextDecoder().decode(input));
      } catch {
        return Promise.resolve();
      }
      const [pattern = "", ...texts] = textsIn(values);
      const labelOf = labelFromName(pattern);
      for (const text of texts) labelOf(text);
      return Promise.resolve();
    },
    errors: [OptionError],
    names: /./,
  },
];
