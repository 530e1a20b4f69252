/**
 * How time and memory grow: with the names in a data set, its classes, the batch and the epochs. Each row is a
 * process of its own. The sets are links to 200 photographs. Writes the last part of docs/bench.md with
 * `--document`. Linux only: memory is read from /proc.
 *
 * ```sh
 * deno task dev:bench-growth --document docs/bench.md
 * ```
 *
 * @module
 */

import { Command } from "commander";
import { fileURLToPath } from "node:url";
import { endWithError } from "../../lib/cli/errors.ts";
import { logError, logLines } from "../../lib/cli/progress.ts";
import { replaceFile } from "../../lib/files/replace_file.ts";
import { readFlags } from "../read_flags.ts";
import { formatFile } from "./document.ts";
import { type GrowthRow, growthSection, withGrowth } from "./growth/document.ts";
import { linkedSet } from "./growth/linked_set.ts";
import type { Measured, Work } from "./growth/protocol.ts";
import { trainFolder } from "./sample_files.ts";

interface Flags {
  readonly data: string;
  readonly images: readonly number[];
  readonly classes: readonly number[];
  readonly results: readonly number[];
  readonly batches: readonly number[];
  readonly epochs: readonly number[];
  readonly document?: string;
}

function numbers(text: string): number[] {
  return text === "" ? [] : text.split(",").map(Number);
}

const command = new Command("deno task dev:bench-growth")
  .description("Measures how time and memory grow with images, classes, batch and epochs.")
  .option("--data <path>", "photographs to link to", "../shared/data/imagenette-224")
  .option("--images <n,…>", "names in a set", numbers, [1e3, 1e4, 1e5, 1e6])
  .option("--classes <n,…>", "classes of 100,000 names", numbers, [10, 100, 1000, 10_000])
  .option("--results <n,…>", "classes to evaluate, draw and report", numbers, [1000, 10_000])
  .option("--batches <n,…>", "images in a batch", numbers, [1, 4, 16, 64, 256])
  .option("--epochs <n,…>", "epochs of 1,000 images", numbers, [1, 2, 4, 8])
  .option("--document <file>", "write the tables at the end of it");

/** A small net, so that most of the time and the memory is the data's. */
const small = { configuration: "A", size: 64, width: 0.125, batch: 64, steps: 2 } as const;

try {
  const flags = readFlags<Flags>(command);
  const folder = await Deno.makeTempDir({ prefix: "growth-" });
  try {
    const rows = await Array.fromAsync(measureAll(flags, folder));
    const section = growthSection(rows, ["dev:bench-growth", ...Deno.args]);
    logLines(section);
    if (flags.document !== undefined) {
      await replaceFile(
        flags.document,
        withGrowth(await Deno.readTextFile(flags.document), section),
      );
      await formatFile(flags.document);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
} catch (error) {
  endWithError(error);
}

async function* measureAll(
  { data, images, classes, results, batches, epochs }: Flags,
  folder: string,
): AsyncGenerator<GrowthRow, void, void> {
  const source = await trainFolder(data);
  const use = async function* (
    size: { readonly images: number; readonly classes: number },
    works: (
      set: string,
    ) => readonly { readonly row: Omit<GrowthRow, "measured">; readonly work: Work }[],
  ): AsyncGenerator<GrowthRow, void, void> {
    const set = await linkedSet(source, folder, size);
    for (const { row, work } of works(set)) {
      logError(`${row.of} ${row.count} …`);
      const measured = await measure(work);
      // Told at once: the whole takes long, and may be interrupted.
      logError(JSON.stringify(measured));
      yield { ...row, measured };
    }
    await Deno.remove(set, { recursive: true });
  };
  const start = (of: GrowthRow["of"], count: number) => (set: string) =>
    [
      { row: { of, count, part: "list" }, work: { what: "list", folder: set } },
      {
        row: { of, count, part: "train" },
        work: { what: "train", folder: set, decode: "streamed", ...small, epochs: 2 },
      },
    ] as const;
  for (const count of images) {
    yield* use({ images: count, classes: Math.max(10, count / 1000) }, start("images", count));
  }
  for (const count of classes) yield* use({ images: 1e5, classes: count }, start("classes", count));
  for (const count of results) {
    yield* use({ images: 3 * count, classes: count }, (folder) => [{
      row: { of: "results", count, part: "results" },
      work: { what: "results", folder },
    }]);
  }
  const first = { what: "train", decode: "first", width: 1, size: 32, steps: 0 } as const;
  yield* use({ images: 1000, classes: 10 }, (set) => [
    ...batches.map((batch) => ({
      row: { of: "batch", count: batch, part: "train" } as const,
      work: { ...first, folder: set, configuration: "D", batch, steps: 3, epochs: 9 } as const,
    })),
    ...epochs.map((count) => ({
      row: { of: "epochs", count, part: "train" } as const,
      work: {
        ...first,
        folder: set,
        configuration: "A",
        width: 0.125,
        batch: 64,
        epochs: count,
      } as const,
    })),
  ]);
}

async function measure(work: Work): Promise<Measured> {
  const script = fileURLToPath(new URL("growth/worker.ts", import.meta.url));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, JSON.stringify(work)],
  }).output();
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(`a process of this benchmark failed: ${decoder.decode(stderr)}`);
  // Both ends of the pipe are this benchmark's own.
  return JSON.parse(decoder.decode(stdout).trimEnd().split("\n").at(-1)!) as Measured;
}
