import { basename, join } from "@std/path";
import { isFolder } from "../data/sources/folders.ts";
import { percent, plural } from "../display/format.ts";
import type { EngineOptions } from "../engine/engine.ts";
import { useEngine } from "../engine/use_engine.ts";
import { OptionError } from "../errors.ts";
import { replaceFile } from "../files/replace_file.ts";
import { openNet, type OpenWeightsOptions } from "../runs/open_net.ts";
import { openRun, type Run } from "../runs/run.ts";
import type { Net } from "../weights/net.ts";
import { buildNet } from "../weights/weights.ts";
import { measureTop1 } from "./accuracy.ts";
import { bundleProgram } from "./bundle.ts";
import { defaultPaths } from "./default_paths.ts";
import { type DemoData, partFunction, partPath } from "./demo_data.ts";
import { foldBatchNorm, type PlainNetwork } from "./fold_batch_norm.ts";
import { demoPage } from "./page.ts";
import { decodeWeights, encodedBytes, encodeWeights, type WeightPrecision } from "./precision.ts";
import { readValidationImages } from "./validation_images.ts";

/** How {@linkcode writeDemo} works. */
export interface DemoOptions extends OpenWeightsOptions {
  /**
   * The path of the page, or of the folder if it is one. Default: `demo.html` or `demo` in the run's folder;
   * for a file beside it.
   */
  readonly output?: string;
  /** How the weights are stored. Default `float16`. */
  readonly precision?: WeightPrecision;
  /**
   * Whether the weights are in files beside the page, in a folder. Default: if they take more than 50 MB.
   */
  readonly folder?: boolean;
  /** The engine that measures the loss in accuracy. Default: see `useEngine`. */
  readonly engine?: Pick<EngineOptions, "engine" | "native" | "requireNative">;
  /** Stops the work; then nothing is written. */
  readonly signal?: AbortSignal;
}

/** A page that was written. */
export interface Demo {
  /** The path of the page. */
  readonly path: string;
  /** The size of the page with all files beside it, in bytes. */
  readonly bytes: number;
  /** Top-1 on the run's validation images, if they were there. */
  readonly accuracy?: DemoAccuracy;
}

/** What storing weights in fewer bits costs. */
export interface DemoAccuracy {
  /** The number of images. */
  readonly images: number;
  /** Top-1 with the run's weights, from 0 to 1. */
  readonly original: number;
  /** Top-1 with the weights in the page. */
  readonly stored: number;
}

/** The maximum size of the weights that are put into the page itself, in bytes. */
const maxInPage = 50e6;
/** The bytes of weights in a file beside the page. */
const partBytes = 6e6;

/**
 * Writes a page that runs a trained net in the browser, also from a disk and without any network: for a
 * picture that is chosen, dropped, pasted or photographed it shows the most likely classes and Grad-CAM, from
 * the same preprocessing as `predict`.
 *
 * @param from A run's folder, a weights file, or the name of published weights.
 * @throws {OptionError} If a weight is too large for float16, and the errors of `openNet`.
 *
 * @example
 * ```ts ignore
 * import { writeDemo } from "vgg/demo";
 *
 * const { path, bytes, accuracy } = await writeDemo("runs/mine", { precision: "int8" });
 * ```
 */
export async function writeDemo(from: string, options: DemoOptions = {}): Promise<Demo> {
  const { precision = "float16", signal, onMessage, engine, output } = options;
  const hooks = { ...(signal ? { signal } : {}), ...(onMessage ? { onMessage } : {}) };
  await useEngine({ ...engine, ...hooks });
  const run = await isFolder(from) ? await openRun(from).catch(() => undefined) : undefined;
  const net = await openNet(from, { ...options, activation: "linear" });
  const plain = foldBatchNorm(net.model, net.network);
  const stored = await storeWeights(plain, precision).catch((error) => {
    net.model.dispose();
    throw error;
  });
  await using validation = run && await readValidationImages(run.record, hooks);
  const accuracy = validation && await compare(net, { ...plain, ...stored }, validation.images);
  if (!validation) net.model.dispose();
  signal?.throwIfAborted();
  const { bytes, weights } = stored;
  const isLarge = options.folder ?? bytes.length > maxInPage;
  const parts = isLarge ? Math.ceil(bytes.length / partBytes) : 0;
  const data: DemoData = {
    network: { ...plain.network, activation: "linear" },
    classes: net.classes,
    fit: net.fit,
    normalization: net.normalization,
    flip: net.flipAtTest ?? false,
    ...{ precision, weights, parts },
  };
  const page = await demoPage({
    title: run?.record.name ?? basename(from),
    lead: leadOf(net, run),
    precision: precisionText(precision, accuracy),
    samples: validation?.samples ?? [],
    data,
    ...(isLarge ? {} : { weights: bytes.toBase64() }),
    script: await bundleProgram(),
  });
  signal?.throwIfAborted();
  const path = output ?? (await defaultPaths(from))[isLarge ? "folder" : "page"];
  const size = await write(path, page, bytes, parts);
  return {
    path: isLarge ? join(path, "index.html") : path,
    bytes: size,
    ...(accuracy ? { accuracy } : {}),
  };
}

interface Stored {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly weights: DemoData["weights"];
  readonly precision: WeightPrecision;
}

async function storeWeights(
  { arrays }: PlainNetwork<Net["network"]>,
  precision: WeightPrecision,
): Promise<Stored> {
  const weights = [...arrays].map(([name, { shape }]) => ({ name, shape }));
  const total = weights.reduce((sum, { shape }) => sum + encodedBytes(shape, precision), 0);
  const bytes = new Uint8Array(total);
  let end = 0;
  for (const [name, { shape, read }] of arrays) {
    try {
      bytes.set(encodeWeights(await read(), shape, precision), end);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new OptionError(`${name}: ${error.message}. To store all of it: precision float32`);
    }
    end += encodedBytes(shape, precision);
  }
  return { bytes, weights, precision };
}

/** Measures the net, whose model is disposed of, and the same net with the weights of the page. */
async function compare(
  { model, network, normalization, flipAtTest: flip = false }: Net,
  { network: plain, bytes, weights, precision }: PlainNetwork<Net["network"]> & Stored,
  images: Parameters<typeof measureTop1>[1],
): Promise<DemoAccuracy> {
  const options = { normalization, flip };
  const original = await measureTop1(model, images, { ...options, network });
  let start = 0;
  const arrays = new Map(weights.map(({ name, shape }) => {
    const part = bytes.subarray(start, start += encodedBytes(shape, precision));
    const read = () => Promise.resolve(decodeWeights(part, shape, precision));
    return [name, { shape, read }];
  }));
  const built = await buildNet({ ...plain, activation: "linear" }, { path: "the page", arrays });
  const stored = await measureTop1(built, images, { ...options, network: plain });
  return { images: images.length, original, stored };
}

async function write(
  path: string,
  page: string,
  bytes: Uint8Array<ArrayBuffer>,
  parts: number,
): Promise<number> {
  const files = parts === 0 ? [path] : [
    ...Array.from({ length: parts }, (_, index) => join(path, partPath(index))),
    join(path, "index.html"), // Last, so that it is never without its weights.
  ];
  let size = 0;
  for (const [index, file] of files.entries()) {
    const part = bytes.subarray(index * partBytes, (index + 1) * partBytes);
    const text = index < parts ? `${partFunction}(${index}, "${part.toBase64()}");\n` : page;
    await replaceFile(file, text);
    size += (await Deno.stat(file)).size;
  }
  return size;
}

function leadOf({ network, classes }: Net, run: Run | undefined): string {
  const { configuration = "D", inputSize, batchNorm } = network;
  const what = `VGG ${configuration}${batchNorm ? " with batch normalization" : ""} for ` +
    `${plural(classes.length, "class", "classes")} at ${inputSize} px`;
  return run ? `${what}, trained on ${run.record.data.name}.` : `${what}.`;
}

function precisionText(precision: WeightPrecision, accuracy: DemoAccuracy | undefined): string {
  const stored = `The weights are stored as ${precision}.`;
  if (!accuracy) {
    return `${stored} What that costs in accuracy was not measured: there are no validation pictures.`;
  }
  const { images, original, stored: now } = accuracy;
  return `${stored} Of ${
    plural(images, "validation picture")
  }, the net of this page finds the class of ` +
    `${percent(now)}, and the net as it was trained, in float32, of ${percent(original)}.`;
}
