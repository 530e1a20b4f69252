import type { Command } from "commander";
import { percent } from "../display/format.ts";
import { type WeightPrecision, weightPrecisions } from "../demo/precision.ts";
import { isFolder } from "../data/sources/folders.ts";
import { defaultPaths } from "../demo/default_paths.ts";
import { UsageError } from "./errors.ts";
import {
  addEngineOptions,
  addFileOptions,
  choice,
  describeOptions,
  type EngineFlags,
  engineOf,
  type FileFlags,
} from "./flags/options.ts";
import { addOverwriteOption, type OverwriteFlags, requireAbsent } from "./flags/overwrite.ts";
import { againText } from "./flags/task_command.ts";
import { interruptible } from "./interrupt.ts";
import { log, logError } from "./progress.ts";
import { latestRun } from "./runs.ts";

interface Flags extends EngineFlags, FileFlags, OverwriteFlags {
  run?: string;
  weights?: string;
  precision: WeightPrecision;
  folder?: boolean;
  output?: string;
}

/** Adds the command `demo`, which writes a page that runs a net in a browser. */
export function addDemoCommand(program: Command): void {
  const command = program.command("demo")
    .description(
      "Write a page that runs a net in the browser, also without a network: the most likely classes of " +
        "a picture that is chosen, dropped, pasted or photographed, and Grad-CAM.",
    )
    .option("--run <dir>", "the run whose net is in the page (default: the newest in runs/)")
    .option("--weights <file|name>", "a file instead of a run, or published weights")
    .addOption(
      choice("--precision <name>", "how the weights are stored", weightPrecisions)
        .default("float16"),
    )
    .option(
      "--folder",
      "put the weights beside the page (default: if they take more than 50 MB)",
    )
    .option(
      "--output <path>",
      "the page, or its folder (default: demo.html or demo in the run's folder; for a file beside it)",
    );
  addOverwriteOption(addEngineOptions(addFileOptions(command))).action(write);
}

async function write(flags: Flags): Promise<void> {
  const { run, weights, precision, folder, output } = flags;
  if (run !== undefined && weights !== undefined) {
    throw new UsageError(
      `a net comes from --run or from --weights. Received: ${run} and ${weights}`,
    );
  }
  const from = weights ?? run ?? await latestRun();
  // A run's own demo is written again.
  if (output !== undefined) await requireAbsent([output], flags);
  else if (!await isFolder(from)) {
    await requireAbsent(Object.values(await defaultPaths(from)), flags);
  }
  const described = await describeOptions(flags);
  const { writeDemo } = await import("../demo/write_demo.ts");
  const { path, bytes, accuracy } = await interruptible((signal) =>
    writeDemo(from, {
      ...described,
      ...{ precision, engine: engineOf(flags), signal, onMessage: logError },
      fetch: { signal, onMessage: logError },
      ...(folder === undefined ? {} : { folder }),
      ...(output === undefined ? {} : { output }),
    }), { advice: againText });
  log(`demo       ${path} (${(bytes / 1e6).toFixed(1)} MB)`);
  if (accuracy) {
    const { images, original, stored } = accuracy;
    log(
      `top-1      ${percent(stored)} as ${precision}, ${
        percent(original)
      } as trained, of ${images}`,
    );
  }
  log("The page says how long its first answer took.");
}
