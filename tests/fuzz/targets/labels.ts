import { join } from "@std/path";
import fc from "fast-check";
import { DataError } from "../../../lib/data/errors.ts";
import { loadDataset } from "../../../lib/data/open_dataset.ts";
import { labelFromName } from "../../../lib/data/sources/labels/label_pattern.ts";
import { OptionError } from "../../../lib/errors.ts";
import { fileTarget, type Target } from "../target.ts";
import { addFile, readAll } from "./data.ts";

/** Pictures that a table, or a pattern, may name. */
async function readLabels(table: string, folder: string): Promise<void> {
  await Deno.mkdir(join(folder, "train"));
  for (let index = 0; index < 12; index++) await addFile(join(folder, "train", `${index}.jpg`));
  for (const labelColumns of [undefined, ["id", "label"]]) {
    const options = { labels: table, ...(labelColumns ? { labelColumns } : {}) };
    const dataset = await loadDataset(folder, options).catch((error) => {
      if (!(error instanceof DataError)) throw error;
    });
    if (dataset) await readAll(dataset);
  }
  await readAll(await loadDataset(folder));
}

const tables = [
  `id,label\n${Array.from({ length: 12 }, (_, index) => `${index},${index % 2}`).join("\n")}\n`,
  "image;MEL;NV\n1;0.0;1.0\n2;1.0;0.0\n",
  'file\tclass\tsplit\n"train/1.jpg"\tcat\tval\ntrain\\2.jpg\tdog\ttrain\n3.jpg\tcat\ttest\n',
  "1.jpg cat\n2.jpg dog\n",
];

/** Patterns of file names, and names. */
const patterns: fc.Arbitrary<readonly [pattern: string, names: readonly string[]]> = fc.tuple(
  fc.array(fc.constantFrom("{label}", "*", "#", ".", "_", "(", "[a-z]+", "1", "\\", "é", "$"), {
    maxLength: 6,
  }).map((parts) => parts.join("")),
  fc.array(fc.string({ unit: fc.constantFrom("1", "a", "_", ".", "é", "\n"), maxLength: 255 }), {
    maxLength: 4,
  }),
);

/** Readers of the classes of pictures without class folders. */
export const labelTargets: readonly Target[] = [
  // Some of its errors name the folder.
  {
    ...fileTarget({
      name: "labels: tables",
      file: "labels.csv",
      files: () => Promise.resolve(tables.map((table) => new TextEncoder().encode(table))),
      read: readLabels,
      errors: [DataError],
    }),
    names: /./,
  },
  {
    name: "labels: patterns",
    inputs: () => Promise.resolve(patterns),
    read: (input) => {
      const [pattern, texts] = input as readonly [string, readonly string[]];
      const labelOf = labelFromName(pattern);
      for (const text of texts) labelOf(text);
      return Promise.resolve();
    },
    errors: [OptionError],
    names: /./,
  },
];
