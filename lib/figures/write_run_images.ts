import { join } from "@std/path";
import { decodeImage } from "../data/images/decode.ts";
import { isFile } from "../data/sources/folders.ts";
import type { SummaryWriter } from "../engine/summary_writer.ts";
import type { Run } from "../runs/run.ts";
import { drawRunFigures, type RunFigureName } from "./run_figures.ts";

const shown: readonly RunFigureName[] = ["confusion_matrix", "misclassified"];

/**
 * Writes the confusion matrix and the gallery of mistakes of an evaluated run as TensorBoard images,
 * with the tags `figures/confusion_matrix` and `figures/misclassified`. Their step is the number of
 * epochs of the run. Figures that do not exist yet are drawn into the run's folder.
 *
 * @throws {RunError} If the run was not evaluated.
 *
 * @example
 * ```ts ignore
 * import { openRun } from "vgg";
 * import { openSummaryWriter } from "../engine/summary_writer.ts";
 * import { writeRunImages } from "./write_run_images.ts";
 *
 * const writer = await openSummaryWriter("runs/mine/tensorboard/validation");
 * await writeRunImages(await openRun("runs/mine"), writer);
 * writer.close();
 * ```
 */
export async function writeRunImages(run: Run, writer: SummaryWriter): Promise<void> {
  for (const name of shown) {
    const path = join(run.directory, "figures", `${name}.png`);
    if (!await isFile(path)) await drawRunFigures(run, { only: [name] });
    const { data, ...size } = await decodeImage(path);
    writer.image(`figures/${name}`, data, size, run.record.result?.epochs ?? 0);
  }
}
