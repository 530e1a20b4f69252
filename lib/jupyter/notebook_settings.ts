import type { TrainOptions } from "../training/options.ts";
import { projectFolder } from "../project_folder.ts";

/** What a notebook works with: options of `train`, and whether it is to be quick. */
export interface NotebookSettings extends TrainOptions {
  readonly data: string;
  /** Whether a test runs the notebook, and numbers need not mean anything. */
  readonly short: boolean;
}

/** What fits data sets, where a notebook says no more than their name: minutes on two cores. */
const fitting: Readonly<Record<string, TrainOptions>> = {
  cifar10: { network: { width: 0.5 } },
  imagenette160: { network: { inputSize: 64 }, changes: { epochs: 6 } },
  imagenette320: { network: { inputSize: 64 }, changes: { epochs: 6 } },
};

/** Seconds instead of minutes: the smallest of nets, which still learns something. */
const shortened: TrainOptions = {
  network: { configuration: "A", width: 0.125, inputSize: 32 },
  changes: { epochs: 2 },
};

/**
 * Opens a notebook: goes to the project's folder, so that `runs/` and `data/` are those of the
 * command line, and fills in what suits the data. `VGG_NOTEBOOK_SHORT=DIR` makes everything small
 * and goes to the folder DIR instead: that is for tests.
 *
 * @param options The data set's name, or a folder of images, and options of `train`.
 *
 * @example
 * ```ts ignore
 * const settings = notebookSettings({ data: "drawn10" });
 * const run = await train({ ...settings, ...watchTraining() });
 * ```
 */
export function notebookSettings(options: TrainOptions = {}): NotebookSettings {
  const folder = Deno.env.get("VGG_NOTEBOOK_SHORT");
  Deno.chdir(folder ?? projectFolder);
  const data = options.data ?? "drawn10";
  const { network, changes } = fitting[data] ?? {};
  const settings = {
    ...options,
    data,
    short: folder !== undefined,
    network: { ...network, ...options.network },
    changes: { ...changes, ...options.changes },
  };
  return folder === undefined ? settings : { ...settings, ...shortened };
}
