import { dirname, join } from "@std/path";
import { type Command, Option } from "commander";
import { findImages } from "../data/images/find_images.ts";
import { isFile, isFolder } from "../data/sources/folders.ts";
import { useEngine } from "../engine/use_engine.ts";
import { predict, type PredictedFile } from "../evaluation/predict.ts";
import type { ExplanationKind } from "../explain/explain_images.ts";
import { cutNetwork } from "../explain/layers.ts";
import { openNet } from "../runs/open_net.ts";
import { openRun } from "../runs/run.ts";
import type { Net } from "../weights/net.ts";
import { type PreprocessingName, preprocessingNames } from "../weights/preprocessing.ts";
import { isPublished, publishedWeights } from "../weights/published.ts";
import { UsageError } from "./errors.ts";
import { interruptible } from "./interrupt.ts";
import { addEngineOptions, choice, type EngineFlags, whole } from "./options.ts";
import { log, logError, startProgress } from "./progress.ts";
import { latestRun } from "./runs.ts";
import { printJson, printPlain, printSpeed } from "./tell_predictions.ts";

/** What `--explain` draws. */
const ways: Readonly<Record<string, readonly ExplanationKind[]>> = {
  "grad-cam": ["grad-cam"],
  guided: ["grad-cam", "guided-backpropagation", "guided-grad-cam"],
  occlusion: ["occlusion"],
};

/** `--explain` and the word behind it: a way, or the first image where that was left out. */
interface Explain {
  readonly kinds: readonly ExplanationKind[];
  readonly image?: string;
}

interface Flags extends EngineFlags {
  run?: string;
  weights?: string;
  preprocessing?: PreprocessingName;
  size?: number;
  top: number;
  json?: boolean;
  flip?: boolean;
  explain?: Explain;
  layer?: string;
  output?: string;
}

/** Adds `predict`. */
export function addPredictCommand(program: Command): void {
  const command = program.command("predict")
    .description("Tell what a trained net takes images for, and show where it looks.")
    .argument("[images...]", "image files, and folders of them")
    .option("--run <dir>", "the run whose net looks (default: the newest in runs/)")
    .option(
      "--weights <file|name>",
      `a file in place of a run, or published: ${Object.keys(publishedWeights).join(", ")}`,
    )
    .addOption(
      choice("--preprocessing <name>", "of a file that does not tell it", preprocessingNames),
    )
    .option("--size <px>", "side of the input, where a file does not tell", whole("--size", 32))
    .option("--top <n>", "classes to tell, likeliest first", whole("--top", 1), 5)
    .option("--json", 'print a line an image: {"file", "top5": [{"class", "name", "probability"}]}')
    .option(
      "--flip",
      "average with the mirrored image (default: as the run's recipe says, for its accuracy)",
    )
    .option("--no-flip", "do not")
    .addOption(
      new Option(
        "--explain [how]",
        `write images of where the net sees the class: ${Object.keys(ways).join(", ")}`,
      ).preset("grad-cam").argParser((text): Explain => {
        const kinds = ways[text];
        return kinds ? { kinds } : { kinds: ways["grad-cam"]!, image: text };
      }),
    )
    .option("--layer <name>", "whose maps Grad-CAM adds up (default: the last convolution)")
    .option("--output <dir>", "where they go (default: explanations/ beside the weights)");
  addEngineOptions(command).action((images: string[], flags: Flags) => run(images, flags));
}

async function run(images: readonly string[], flags: Flags): Promise<void> {
  const files = await findImages(await withSwallowed(images, flags.explain));
  if (files.length === 0) throw new UsageError("predict needs image files or folders of them");
  const from = await sourceOf(flags);
  await interruptible(async (signal) => {
    const { engine, native } = flags;
    await useEngine({ engine, native, signal, onMessage: logError });
    const net = await openNet(from, {
      ...(flags.preprocessing ? { preprocessing: flags.preprocessing } : {}),
      ...(flags.size === undefined ? {} : { inputSize: flags.size }),
      fetch: { signal, onMessage: logError },
      onMessage: logError,
    });
    try {
      await predictAll(net, files, { flags, from, signal });
    } finally {
      net.model.dispose();
    }
  });
}

/** The images, with the one that `--explain` has taken for its value. */
async function withSwallowed(
  images: readonly string[],
  { image }: Partial<Explain> = {},
): Promise<readonly string[]> {
  if (image === undefined) return images;
  if (await isThere(image)) return [image, ...images];
  throw new UsageError(
    `--explain must be ${Object.keys(ways).join(", ")}, or have an image behind it. ` +
      `Received: ${image}`,
  );
}

async function isThere(path: string): Promise<boolean> {
  return await isFile(path) || await isFolder(path);
}

/** Where the net comes from. */
async function sourceOf({ run, weights }: Flags): Promise<string> {
  if (run !== undefined && weights !== undefined) {
    throw new UsageError(
      `a net comes from --run or from --weights. Received: ${run} and ${weights}`,
    );
  }
  // Before an engine is readied, which may take its time.
  if (run !== undefined) await openRun(run);
  if (weights !== undefined && !isPublished(weights) && !await isThere(weights)) {
    throw new UsageError(
      `--weights must be a file that is there, or one of ${
        Object.keys(publishedWeights).join(", ")
      }. ` +
        `Received: ${weights}`,
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
  const progress = Deno.stdout.isTerminal() ? undefined : startProgress("images");
  const looks = { top, ...(flip === undefined ? {} : { flip }) };
  const started = performance.now();
  let [at, broken] = [0, 0];
  for await (const result of predict(net, files, { ...looks, signal })) {
    if ("reason" in result) {
      broken++;
      logError(`${result.file}: ${result.reason}`);
    } else {
      tell(result);
      for (const path of await explain(result, at)) (json ? logError : log)(`  ${path}`);
    }
    progress?.at(++at, files.length);
  }
  progress?.end();
  const seconds = (performance.now() - started) / 1000;
  printSpeed(files.length - broken, seconds, explanation ? "reading and explaining" : "reading");
  if (broken > 0) Deno.exitCode = 1;
}

/** What writes an image's explanations and tells their paths: nothing where none are asked for. */
async function explaining(
  net: Net,
  files: readonly string[],
  { flags, from, signal }: Context,
): Promise<(predicted: PredictedFile, at: number) => Promise<string[]>> {
  const { explain, layer, output } = flags;
  if (!explain) return () => Promise.resolve([]);
  cutNetwork(net.model, layer); // Refuses a layer without maps before anything is written.
  const { saveExplanations, stemsOf } = await import("../figures/gallery/save_explanations.ts");
  const folder = output ?? join(await isFolder(from) ? from : dirname(from), "explanations");
  const stems = stemsOf(files);
  return (predicted, at) =>
    saveExplanations(net, predicted, {
      ...{ folder, stem: stems[at]!, kinds: explain.kinds, signal },
      ...(layer ? { layer } : {}),
    });
}
