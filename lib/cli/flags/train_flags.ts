import type { Command, Option } from "commander";
import { z } from "zod";
import { flattenSettings, nestSettings } from "../../training/config/given_settings.ts";
import {
  anyText,
  numberAbove,
  setting,
  type SettingsOf,
  wholeNumber,
} from "../../training/config/setting.ts";
import { trainSettings } from "../../training/config/settings.ts";
import type { TrainOptions } from "../../training/options.ts";
import { optionsFor } from "./options.ts";
import type { TensorBoardFlag } from "../tensorboard.ts";

/** The processes in which `train` computes, and their logs. */
interface ProcessOptions {
  readonly workers?: number;
  readonly restarts: number;
  readonly clusterTimeout?: number;
  readonly tensorboard?: TensorBoardFlag;
}

const processSettings: SettingsOf<ProcessOptions> = {
  workers: setting(
    wholeNumber(2),
    "--workers <n>",
    "Linux: share each batch among n processes of this machine, in a private network",
    { of: "process" },
  ),
  restarts: setting(
    wholeNumber(0),
    "--restarts <n>",
    "restart from the last checkpoint, at most n times, if a process was killed or a cluster " +
      "broke",
    { default: 0, of: "process" },
  ),
  clusterTimeout: setting(
    numberAbove(0),
    "--cluster-timeout <minutes>",
    "the longest wait for another worker",
    { default: 10, of: "process" },
  ),
  tensorboard: setting(
    z.union([z.literal(true), anyText()]),
    "--tensorboard [dir]",
    "write event files for TensorBoard (default: in the folder tensorboard of the run)",
    { of: "process" },
  ),
};

const settings = flattenSettings({ ...trainSettings, ...processSettings });

/** The command line of `train`. */
export interface TrainFlags extends ProcessOptions {
  readonly options: TrainOptions;
  /** The given flags that are allowed with `--resume`, as words of a command line. */
  readonly resumeWords: readonly string[];
}

/** Adds the flags of `train`. */
export function addTrainFlags(command: Command): Command {
  for (const option of settings.flatMap(optionsFor)) command.addOption(option);
  return command;
}

/** Reads the flags of a command after it has parsed them. */
export function readTrainFlags(command: Command): TrainFlags {
  const values: Readonly<Record<string, unknown>> = command.opts();
  const given = settings.flatMap((setting) => {
    const [option] = optionsFor(setting);
    const value = option && values[option.attributeName()];
    return value === undefined ? [] : [{ setting, option: option!, given: value }];
  });
  // Each setting checked its value when it was parsed.
  const { workers, restarts = 0, clusterTimeout, tensorboard, ...options } = nestSettings(given) as
    & TrainOptions
    & Partial<ProcessOptions>;
  return {
    options,
    restarts,
    ...(workers === undefined ? {} : { workers }),
    ...(clusterTimeout === undefined ? {} : { clusterTimeout }),
    ...(tensorboard === undefined ? {} : { tensorboard }),
    resumeWords: given.filter(({ setting }) =>
      setting.of === "process" || options.resume && setting.path[0] === "data"
    )
      .flatMap(({ option, given }) => wordsOf(option, given)),
  };
}

function wordsOf({ long, negate }: Option, value: unknown): string[] {
  if (typeof value === "boolean") return value === negate ? [] : [long!];
  return [long!, String(value)];
}
