import { tooOldDeno } from "../deno_version.ts";
import { projectFolder } from "../project_folder.ts";
import type { TrainOptions } from "../training/options.ts";

/** The settings of a notebook: options of `train`, where the notebook works, and whether it is a test. */
export interface NotebookSettings extends TrainOptions {
  /** The data set's name, or a folder of images. */
  readonly data: string;
  /**
   * The folder that holds `data/` and `runs/`: the project folder, in a test a folder of the test, and without
   * a clone of the project the kernel's working directory.
   */
  readonly folder: string;
  /** Whether a test runs the notebook, so that results need not be meaningful. */
  readonly short: boolean;
}

/** Default options for known data sets, with which training takes minutes on two cores. */
const defaults: Readonly<Record<string, TrainOptions>> = {
  article: { network: { inputSize: 64 }, changes: { epochs: 6 } },
  cifar10: { network: { width: 0.5 } },
  imagenette160: { network: { inputSize: 64 }, changes: { epochs: 6 } },
  imagenette320: { network: { inputSize: 64 }, changes: { epochs: 6 } },
};

/** A very small network that trains in seconds and still learns something. */
const shortOptions: TrainOptions = {
  network: { configuration: "A", width: 0.125, inputSize: 32 },
  changes: { epochs: 2 },
};

/**
 * Fills in the options that suit a notebook's data. It does not change the working directory: a
 * notebook does that in its first cell, so that `runs/` and `data/` are those of the command line
 * wherever Jupyter was started.
 *
 * For tests, `VGG_NOTEBOOK_SHORT=DIR` makes the network very small and gives DIR as the folder.
 *
 * @param options Options of `train`. Default of `data`: `drawn10`.
 * @throws {Error} In a kernel of an older Deno than this project needs.
 *
 * @example
 * ```ts ignore
 * import { notebookSettings, train, watchTraining } from "vgg";
 *
 * const settings = notebookSettings({ data: "drawn10" });
 * Deno.chdir(settings.folder);
 * const run = await train({ ...settings, ...watchTraining() });
 * ```
 */
export function notebookSettings(options: TrainOptions = {}): NotebookSettings {
  const tooOld = tooOldDeno(Deno.version.deno, "task notebooks");
  if (tooOld) throw new Error(tooOld);
  const folder = Deno.env.get("VGG_NOTEBOOK_SHORT");
  const data = options.data ?? "drawn10";
  const { network, changes } = defaults[data] ?? {};
  const settings = {
    ...options,
    data,
    folder: folder ?? projectFolder ?? Deno.cwd(),
    short: folder !== undefined,
    network: { ...network, ...options.network },
    changes: { ...changes, ...options.changes },
  };
  return folder === undefined ? settings : { ...settings, ...shortOptions };
}
