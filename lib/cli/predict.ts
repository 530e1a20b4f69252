import { dirname, join } from "@std/path";
import { type Command, Option } from "commander";
import { findImages } from "../data/images/find_images.ts";
import { isFile, isFolder } from "../data/sources/folders.ts";
import { loadEngineEarly } from "../engine/load_early.ts";
import { useEngine } from "../engine/use_engine.ts";
import { predict, type PredictedFile } from "../evaluation/predict.ts";
import type { ExplanationKind } from "../explain/explain_images.ts";
import { cutNetwork } from "../explain/layers.ts";
import { openNet } from "../runs/open_net.ts";
import { openRun } from "../runs/run.ts";
import { weightsFile } from "../weights/file_format.ts";
import type { Net } from "../weights/net.ts";
import { isPublished, weightsNames } from "../weights/published.ts";
import { UsageError } from "./errors.ts";
import { interruptible } from "./interrupt.ts";
import {
  addEngineOptions,
  addFileOptions,
  describeOptions,
  type EngineFlags,
  engineOf,
  type FileFlags,
  whole,
} from "./flags/options.ts";
import { addOverwriteOption, type OverwriteFlags, requireAbsent } from "./flags/overwrite.ts";
import { existingPath } from "./flags/paths.ts";
import { log, logError } from "./progress.ts";
import { showWaiting } from "./tell/waiting.ts";
import { latestRun } from "./runs.ts";
import { againText } from "./flags/task_command.ts";
import { dataWaitText, printJson, printPlain, printSpeed } from "./tell/predictions.ts";

/** The explanations of each value of `--explain`. */
const explanations: Readonly<Record<string, readonly ExplanationKind[]>> = {
  "grad-cam": ["grad-cam"],
  guided: ["grad-cam", "guided-backpropagation", "guided-grad-cam"],
  occlusion: ["occlusion"],
};

/** `--explain` and the word after it: its value or, if that was left out, the first image. */
interface Explain {
  readonly kinds: readonly ExplanationKind[];
  readonly image?: string;
}

interface Flags extends EngineFlags, FileFlags, OverwriteFlags {
  run?: string;
  weights?: string;
  top: number;
  json?: boolean;
  flip?: boolean;
  explain?: Explain;
  layer?: string;
  output?: string;
}

/** Adds the command `predict`. */
export function addPredictCommand(program: Command): void {
  const command = program.command("predict")
    .description("Predict the classes of images with a trained net, and explain the predictions.")
    .argument("[images...]", "image files, and folders of them")
    .option("--run <dir>", "the run whose net predicts (default: the newest in runs/)")
    .option(
      "--weights <file|name>",
      `a file instead of a run, or the name of weights: ${weightsNames()}`,
    )
    .option("--top <n>", "number of classes to print, most likely first", whole("--top", 1), 5)
    .option(
      "--json",
      'print a line of JSON per image: {"file", "top5": [{"class", "name", "probability"}]}',
    )
    .option(
      "--flip",
      "average with the mirrored image (default: as the run's recipe says)",
    )
    .option("--no-flip", "do not average with the mirrored image")
    .addOption(
      new Option(
        "--explain [how]",
        `write images that show which pixels matter for the class: ${
          Object.keys(explanations).join(", ")
        }`,
      ).preset("grad-cam").argParser((text): Explain => {
        const kinds = explanations[text];
        return kinds ? { kinds } : { kinds: explanations["grad-cam"]!, image: text };
      }),
    )
    .option(
      "--layer <name>",
      "the layer whose maps Grad-CAM weights (default: the last convolution)",
    )
    .option(
      "--output <dir>",
      "the folder of the explanations (default: explanations/ beside the weights; for a name, in runs/)",
    );
  addOverwriteOption(command);
  addEngineOptions(addFileOptions(command)).action((images: string[], flags: Flags) =>
    run(images, flags)
  );
}

async function run(images: readonly string[], flags: Flags): Promise<void> {
  loadEngineEarly(engineOf(flags));
  const notes: string[] = [];
  const files = await findImages(await addSwallowedImage(images, flags.explain), {
    onMessage: (line) => notes.push(line),
  });
  if (files.length === 0) throw new UsageError("predict needs image files or folders of them");
  const from = await sourceOf(flags);
  const described = await describeOptions(flags);
  await interruptible(async (signal) => {
    await useEngine({ ...engineOf(flags), signal, onMessage: logError });
    const net = await openNet(from, {
      ...described,
      fetch: { signal, onMessage: logError },
      onMessage: logError,
    });
    notes.forEach(logError); // Not before an error in the flags, which is said alone.
    try {
      await predictAll(net, files, { flags, from, signal });
    } finally {
      net.model.dispose();
    }
  }, { advice: againText });
}

/** Returns the images, including the one that was parsed as the value of `--explain`. */
async function addSwallowedImage(
  images: readonly string[],
  { image }: Partial<Explain> = {},
): Promise<readonly string[]> {
  if (image === undefined) return images;
  const path = existingPath(image);
  if (await exists(path)) return [path, ...images];
  throw new UsageError(
    `--explain must be ${Object.keys(explanations).join(", ")}, or be followed by an image. ` +
      `Received: ${image}`,
  );
}

async function exists(path: string): Promise<boolean> {
  return await isFile(path) || await isFolder(path);
}

/** Whether there are weights, or a folder in which they are looked for. */
async function hasWeights(path: string): Promise<boolean> {
  return await weightsFile(path) !== undefined || await isFolder(path);
}

/** Returns where the net comes from: a run's folder, a file or the name of published weights. */
async function sourceOf({ run, weights }: Flags): Promise<string> {
  if (run !== undefined && weights !== undefined) {
    throw new UsageError(
      `a net comes from --run or from --weights. Received: ${run} and ${weights}`,
    );
  }
  // Checked before the engine starts, which may take long.
  if (run !== undefined) await openRun(run);
  if (weights !== undefined && !isPublished(weights) && !await hasWeights(weights)) {
    throw new UsageError(
      `--weights must be an existing file, or one of ${weightsNames()}. Received: ${weights}`,
    );
  }
  return run ?? weights ?? await latestRun();
}

interface Context {
  readonly flags: Flags;
  readonly from: string;
  readonly signal: AbortSignal;
}

async function predictAll(net: Net, files: readonly string[], context: Context): Promise<void> {
  const { flags: { top, json, flip, explain: explanation }, signal } = context;
  const explain = await explaining(net, files, context);
  const tell = json ? printJson(top) : printPlain(net);
  const waiting = Deno.stdout.isTerminal() ? undefined : showWaiting();
  let dataWait = 0;
  const options = {
    top,
    onDataWait: (share: number): void => {
      dataWait = share;
    },
    ...(flip === undefined ? {} : { flip }),
  };
  const started = performance.now();
  let [done, broken] = [0, 0];
  for await (const result of predict(net, files, { ...options, signal })) {
    if ("reason" in result) {
      broken++;
      logError(`${result.file}: ${result.reason}`);
    } else {
      tell(result);
      for (const path of await explain(result, done)) (json ? logError : log)(`  ${path}`);
    }
    waiting?.at(++done, files.length, { verb: "Predicting", unit: "images" });
  }
  waiting?.end();
  const seconds = (performance.now() - started) / 1000;
  const work = explanation ? "reading and explaining" : "reading";
  printSpeed(files.length - broken, seconds, `${work}; ${dataWaitText(dataWait)}`);
  if (broken > 0) Deno.exitCode = 1;
}

/** Returns a function that writes an image's explanations, if any are requested, and returns their paths. */
async function explaining(
  net: Net,
  files: readonly string[],
  { flags, from, signal }: Context,
): Promise<(predicted: PredictedFile, at: number) => Promise<string[]>> {
  const { explain, layer, output } = flags;
  if (!explain) return () => Promise.resolve([]);
  cutNetwork(net.model, layer); // Throws for a layer without maps before anything is written.
  const { saveExplanations, stemsOf } = await import("../figures/gallery/save_explanations.ts");
  const beside = await isFolder(from) ? from : await isFile(from) ? dirname(from) : "runs";
  const folder = output ?? join(beside, "explanations");
  const stems = stemsOf(files);
  if (output) {
    const paths = stems.flatMap((stem) =>
      explain.kinds.map((kind) => join(folder, `${stem}.${kind}.png`))
    );
    await requireAbsent(paths, flags);
  }
  return (predicted, at) =>
    saveExplanations(net, predicted, {
      ...{ folder, stem: stems[at]!, kinds: explain.kinds, signal },
      ...(layer ? { layer } : {}),
    });
}
