import { isList, type Json, jsonFields, jsonList, jsonText } from "./json.ts";
import type { Argument } from "./calls.ts";
import type { ModelLayer } from "./config.ts";
import { affine, type Pixels } from "./pixels.ts";

type Operation = (args: readonly Argument<Pixels>[], layer: ModelLayer) => Pixels | undefined;

/** The operations on images that are understood, by their names in lower case. */
const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["add", (args) => elementwise(args, (pixels, by) => affine(pixels, [1], by))],
  ["subtract", subtract],
  ["multiply", (args) => elementwise(args, (pixels, by) => affine(pixels, by, [0]))],
  ["divide", divide],
  ["negative", ([image]) => image?.kind === "value" ? affine(image.value, [-1], [0]) : undefined],
  ["cast", ([image]) => image?.kind === "value" ? image.value : undefined],
  ["identity", ([image]) => image?.kind === "value" ? image.value : undefined],
  ["getitem", slice],
  ["stack", join],
  ["concatenate", join],
  ["flip", reverse],
]);

/** Other names of the same operations. */
const synonyms: Readonly<Record<string, string>> = {
  bias_add: "add",
  truedivide: "divide",
  truediv: "divide",
  slicingoplambda: "getitem",
};

/** Returns the operation of a layer of Keras 3 or of TensorFlow's operations in Keras 2, if it is known. */
export function operationOf({ className, config }: ModelLayer): Operation | undefined {
  const called = jsonText(config.function).split(".").at(-1)!;
  const name = (/OpLambda$/.test(className) ? called : className).toLowerCase();
  return operations.get(synonyms[name] ?? name);
}

function elementwise(
  args: readonly Argument<Pixels>[],
  compute: (pixels: Pixels, by: readonly number[]) => Pixels | undefined,
): Pixels | undefined {
  const [one, other] = args;
  if (one?.kind === "value" && other?.kind === "numbers") return compute(one.value, other.numbers);
  if (one?.kind === "numbers" && other?.kind === "value") return compute(other.value, one.numbers);
  return undefined;
}

function subtract(args: readonly Argument<Pixels>[]): Pixels | undefined {
  const isReversed = args[0]?.kind === "numbers";
  return elementwise(
    args,
    (pixels, by) =>
      isReversed ? affine(pixels, [-1], by) : affine(pixels, [1], by.map((value) => -value)),
  );
}

function divide(args: readonly Argument<Pixels>[]): Pixels | undefined {
  if (args[0]?.kind === "numbers") return undefined;
  return elementwise(args, (pixels, by) => affine(pixels, by.map((value) => 1 / value), [0]));
}

/** Takes one channel, `x[..., 2]`, or reverses their order, `x[..., ::-1]`. */
function slice([image, key]: readonly Argument<Pixels>[]): Pixels | undefined {
  if (image?.kind !== "value" || key?.kind !== "other" || !isList(key.json)) return undefined;
  const { channels } = image.value;
  const others = key.json.slice(0, -1);
  const last = key.json.at(-1);
  const isWhole = others.every((part) => isEllipsis(part) || isSlice(part, null)) &&
    (others.length === 3 || others.some(isEllipsis));
  if (!isWhole) return undefined;
  if (isSlice(last, -1)) {
    return { ...image.value, isChanged: true, channels: channels.toReversed() };
  }
  const channel = typeof last === "number" ? channels.at(last) : undefined;
  return channel && { ...image.value, isChanged: true, channels: [channel] };
}

function isEllipsis(json: Json): boolean {
  return jsonFields(json).class_name === "__ellipsis__";
}

/** Whether a key takes all values, in the order of a step. */
function isSlice(json: Json | undefined, step: number | null): boolean {
  const { class_name: className, config, ...plain } = jsonFields(json);
  const fields = className === "__slice__" ? jsonFields(config) : plain;
  return "step" in fields && fields.start === null && fields.stop === null && fields.step === step;
}

/** Joins channels: `stack([red, green, blue], axis=-1)`. */
function join(args: readonly Argument<Pixels>[], { config }: ModelLayer): Pixels | undefined {
  const images = args.flatMap((one) => one.kind === "value" ? [one.value] : []);
  if (!images[0] || (config.axis !== -1 && config.axis !== 3)) return undefined;
  const channels = images.flatMap((image) => image.channels);
  return { ...images[0], isChanged: true, channels };
}

/** Reverses the order of the channels, or mirrors an image, which changes no color. */
function reverse([image]: readonly Argument<Pixels>[], { config }: ModelLayer): Pixels | undefined {
  if (image?.kind !== "value") return undefined;
  const axes = typeof config.axis === "number" ? [config.axis] : jsonList(config.axis);
  if (String(axes) !== "-1" && String(axes) !== "3") return undefined;
  const channels = image.value.channels.toReversed();
  return { ...image.value, isChanged: true, channels };
}
