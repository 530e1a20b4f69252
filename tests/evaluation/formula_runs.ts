import { join } from "@std/path";
import { Run } from "../../lib/runs/run.ts";
import type { RunRecord } from "../../lib/runs/run_record.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";
import { saveWeights } from "../../lib/weights/weights.ts";
import { formulaValues, setFormulaWeights } from "../peers/formula.ts";
import { exampleRecord } from "../runs/example_record.ts";

const classes = [{ id: "a", name: "a" }, { id: "b", name: "b" }, { id: "c", name: "c" }];

/** Creates an untrained run whose weights come from a formula. */
export async function makeFormulaRun(
  directory: string,
  source: string,
  network: VGGOptions & { configuration: string; inputSize: number },
  data: Partial<RunRecord["data"]> = {},
): Promise<Run> {
  const model = { width: 1 / 16, dropout: 0, ...network, classes: classes.length };
  const fit = { mode: "stretch", size: network.inputSize } as const;
  const run = await Run.create(directory, {
    ...exampleRecord,
    data: { ...exampleRecord.data, source, classes, fit, ...data },
    model,
  });
  const net = buildVGG({ ...model, activation: "linear" } as VGGOptions);
  setFormulaWeights(net);
  await saveWeights(net, run.path("best"));
  net.dispose();
  return run;
}

/**
 * Writes class folders with two noisy images per class.
 *
 * @param options `side` makes them squares of that size, else they have several shapes; `flop` mirrors
 *   them.
 */
export async function writeFormulaData(
  folder: string,
  { side, flop = false }: { side?: number; flop?: boolean } = {},
): Promise<void> {
  const { default: sharp } = await import("sharp");
  for (const [index, { id }] of [...classes, ...classes].entries()) {
    const [width, height] = [side ?? 40 + 7 * (index % 3), side ?? 40 + 5 * (index % 2)];
    const data = Uint8Array.from(
      formulaValues(width * height * 3, 70 + index),
      (value, at) => 60 * (value + 1) + (at % 3 === index % 3 ? 120 : 10 * index),
    );
    const image = sharp(data, { raw: { width, height, channels: 3 } }).flop(flop);
    for (const part of ["train", "val"]) {
      await Deno.mkdir(join(folder, part, id), { recursive: true });
      await image.png().toFile(join(folder, part, id, `${index}.png`));
    }
  }
}
