import { createHash } from "node:crypto";
import { basename, join } from "@std/path";
import type { ClassLabel } from "../data/dataset.ts";
import { DataError } from "../data/errors.ts";
import { isFolder } from "../data/sources/folders.ts";
import { defined } from "../defined.ts";
import { OptionError } from "../errors.ts";
import { listDir } from "../files/read.ts";
import { requireLimited } from "../files/read_limited.ts";
import { openDescribedWeights, type OpenWeightsOptions } from "../runs/open_net.ts";
import type { Evaluation } from "../runs/schemas.ts";
import type { DescribedWeights } from "../weights/describe.ts";
import type { NetDescription } from "../weights/net.ts";
import { buildNet } from "../weights/weights.ts";
import { checkReadable } from "./checked_images.ts";
import type { EvaluationOptions } from "./evaluate.ts";
import { type EvaluationSet, openOtherSet } from "./evaluation_set.ts";
import { measure } from "./measure.ts";
import { fileDirectory, prepareFolder } from "./output.ts";
import type { TestedNet } from "./predict_runs.ts";
import { resolveTestTime } from "./test_time.ts";

/** How {@linkcode evaluateWeights} works. */
export interface EvaluateWeightsOptions
  extends
    EvaluationOptions,
    Pick<OpenWeightsOptions, "preprocessing" | "inputSize" | "classes" | "classNames"> {
  /** The data set. */
  readonly data: string;
}

/**
 * Evaluates the net of a weights file, or of published weights, on a data set, and writes the same files
 * as {@linkcode evaluate} into a new folder. Where the file does not name its classes, and the data set
 * has as many, they are taken in the data set's order, and a message says so.
 *
 * @param from A weights file, or the name of published weights: see `openDescribedWeights`.
 * @throws {WeightsError} If the file is damaged or has no weights of a VGG net; {DataError} if the data is
 *   missing or has other classes; {OptionError} for settings that are not allowed.
 *
 * @example
 * ```ts ignore
 * import { evaluateWeights } from "vgg/evaluation";
 *
 * const { top1 } = await evaluateWeights("vgg16.pth", { data: "imagenette160" });
 * ```
 */
export async function evaluateWeights(
  from: string,
  options: EvaluateWeightsOptions,
): Promise<Evaluation> {
  const { preprocessing, inputSize, classes, classNames, onMessage, onWritten, signal, flip } =
    options;
  using weights = await openDescribedWeights(from, {
    ...defined({ preprocessing, inputSize }),
    ...(classes ? { classes } : {}),
    ...(classNames ? { classNames } : {}),
    fetch: { ...(signal ? { signal } : {}), ...(onMessage ? { onMessage } : {}) },
    ...(onMessage ? { onMessage } : {}),
  });
  const { description } = weights;
  const record = toTestedNet(weights.path, description);
  const testTime = resolveTestTime(record, {
    ...defined({ crops: options.crops, scales: options.scales, flip }),
  });
  const set = await openSet(weights, options);
  const results = await prepareFolder(options.output ?? fileDirectory(basename(from), set.name));
  for (const note of set.notes) onMessage?.(note);
  const load = (): ReturnType<typeof buildNet> =>
    buildNet({ ...description.network, activation: "linear" }, weights);
  const evaluation = await measure({
    models: [{ record, testTime, load }],
    ...{ set, fit: description.fit, classes: set.classes, results },
    check: (prepared) => checkReadable(set, prepared, options),
    context: {
      weights: "file",
      weights_file: { path: weights.path, digest: await digestOf(weights.path) },
    },
  }, options);
  onWritten?.(results.directory);
  return evaluation;
}

/** What an evaluation reads of a run's record, for the net of a file. */
function toTestedNet(path: string, description: NetDescription): TestedNet {
  const { network, fit, normalization, flipAtTest = false, precision = "float32" } = description;
  const { configuration = "D" } = network;
  return {
    name: basename(path),
    data: { fit, normalization },
    model: { ...network, configuration },
    recipe: { flipAtTest },
    precision,
  };
}

type NamedSet = EvaluationSet & { readonly classes: readonly ClassLabel[] };

/** Opens the data set with the classes that the file names, or else with those of the data set. */
async function openSet(
  { path, description: { classes } }: DescribedWeights,
  options: EvaluateWeightsOptions,
): Promise<NamedSet> {
  if (!areNumbered(classes)) return await openOtherSet(options.data, classes, options);
  const set = await openOtherSet(options.data, undefined, options);
  const assumption = `${path} does not name its ${classes.length} classes`;
  if (set.classes.length !== classes.length) {
    throw new DataError(
      `${assumption}: the data must have as many. Received: ${set.classes.length} in ${options.data}`,
    );
  }
  const names = set.classes.slice(0, 3).map(({ id }) => id).join(", ");
  const note = `${assumption}: assumed those of ${options.data} in their order (${names}` +
    `${classes.length > 3 ? ", …" : ""})`;
  return { ...set, notes: [note, ...set.notes] };
}

/** Whether classes are only numbers, because their file has no names. */
function areNumbered(classes: readonly ClassLabel[]): boolean {
  return classes.every(({ id, name }, index) => id === `${index}` && name === `class ${index}`);
}

/** The SHA-256 of a file, or of the files of a folder in the order of their names. */
async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  const add = async (entry: string): Promise<void> => {
    if (await isFolder(entry)) {
      for (const name of (await listDir(entry)).toSorted()) await add(join(entry, name));
      return;
    }
    await requireLimited(entry, Infinity);
    using file = await Deno.open(entry);
    for await (const part of file.readable) hash.update(part);
  };
  await add(path).catch((error: Error) => {
    throw new OptionError(`${path} cannot be read: ${error.message}`);
  });
  return hash.digest("hex");
}
