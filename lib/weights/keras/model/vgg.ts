import { configurations } from "../../../vgg/configurations.ts";
import { WeightsError } from "../../errors.ts";
import type { FileFacts } from "../../file_content.ts";
import type { ModelLayer } from "./config.ts";
import { type Step, stepsOf } from "./steps.ts";

/** The layers with arrays of a VGG net by kind, each kind in the net's order. */
export interface VGGModel {
  readonly convolutions: readonly ModelLayer[];
  /** Those that follow convolutions. */
  readonly normalizations: readonly ModelLayer[];
  readonly dense: readonly ModelLayer[];
  /** What else is in the classifier that is in no VGG's, in a few words each. */
  readonly others: readonly string[];
  readonly facts: FileFacts;
}

/** The convolutions, and after them the classifier. */
const net = /^((?:cn?rd*)+pd*){0,4}(?:cn?rd*)+(?:pd*)?/;

/** Classifiers that this library's nets can have, and the ends of nets without one. */
const heads = /^(?:af?|f)?$|^(?:af?|f)D[sg]?$|^fDrDrD[sg]?$/;

/**
 * Finds a VGG net in the layers of a model.
 *
 * @param inputSize The side of the model's input in pixels, if it is known.
 * @throws {WeightsError} If the convolutions are not a VGG's, or do not compute what a VGG's do.
 */
export function findVGG(layers: readonly ModelLayer[], inputSize: number | undefined): VGGModel {
  const steps = padded(inOneOrder(layers).flatMap((layer) => stepsOf(layer, inputSize)));
  const letters = steps.map(({ letter }) => letter).join("");
  const [body = ""] = net.exec(letters) ?? [];
  requireBlocks(body, steps);
  const [convolutional, head] = [steps.slice(0, body.length), steps.slice(body.length)];
  const layersOf = (letter: string, from: readonly Step[]): ModelLayer[] =>
    from.filter((step) => step.letter === letter).map(({ layer }) => layer);
  const normalizations = layersOf("n", convolutional);
  const dropouts = layersOf("d", convolutional);
  return {
    convolutions: layersOf("c", convolutional),
    normalizations,
    dense: layersOf("D", head),
    others: othersIn(head, body, inputSize),
    facts: {
      ...batchNormOf(normalizations),
      ...activationOf(head),
      ...(dropouts.length > 0
        ? { notes: ["its dropout between convolutions, which only acts in training, is left out"] }
        : {}),
    },
  };
}

/**
 * Replaces layers that flatten maps with channels first as they are; Keras by default puts channels last
 * before it flattens, as all of this library's layouts have them.
 */
function inOneOrder(layers: readonly ModelLayer[]): ModelLayer[] {
  const isFirst = ({ config }: ModelLayer): boolean => config.data_format === "channels_first";
  const areFirst = layers.some((layer) => layer.className === "Conv2D" && isFirst(layer));
  return layers.map((layer) =>
    areFirst && layer.className === "Flatten" && !isFirst(layer)
      ? { ...layer, className: "flattening with channels first" }
      : layer
  );
}

/** Makes one step of padding and a convolution that does not pad. */
function padded(steps: readonly Step[]): Step[] {
  return steps.flatMap((step, index) => {
    const [before, after] = [steps[index - 1]?.letter, steps[index + 1]?.letter];
    if (step.letter === "z" && after === "v") return [];
    return [step.letter === "v" && before === "z" ? { ...step, letter: "c" } : step];
  });
}

/** @throws {WeightsError} If the convolutions of a net are not in the blocks of a VGG's. */
function requireBlocks(body: string, steps: readonly Step[]): void {
  const counts = body.split("p").map((block) => block.replace(/[^c]/g, "").length);
  if (counts.at(-1) === 0) counts.pop();
  const isVGG = Object.values(configurations).some((blocks) =>
    String(blocks.map((block) => block.filter(({ kind }) => kind === "convolution").length)) ===
      String(counts)
  );
  if (isVGG) return;
  if (steps.length === 0) throw new WeightsError("it has no convolutions");
  const names = steps.map(({ layer }) => layer.name);
  throw new WeightsError(
    counts.length === 0 && !/^[cvz]/.test(steps[0]?.letter ?? "")
      ? `its layers (${[...new Set(names)].slice(0, 4).join(", ")}, …) are of no VGG net`
      : `${
        differenceAt(body, steps)
      }; a VGG net has 5 blocks of convolutions with ReLU, each with ` +
        "max pooling at its end",
  );
}

/** Describes what comes after a part of a net that is like a VGG's. */
function differenceAt(body: string, steps: readonly Step[]): string {
  const rest = steps.slice(body.length);
  const letters = rest.map(({ letter }) => letter).join("");
  const blocks = body.split("p").map((block) => block.replace(/[^c]/g, "").length)
    .filter((count) => count > 0);
  const where = `after blocks of ${blocks.join(", ") || "no"} convolutions`;
  const [next] = rest;
  if (!next) return `its convolutions end ${where}`;
  const { name } = next.layer;
  if (letters.startsWith("n") && body.includes("c")) {
    return `its batch normalization ${name} follows a ReLU; a VGG's stands before it`;
  }
  if (/^cn?(?!n?r)/.test(letters)) return `its convolution ${name} has no ReLU`;
  if (letters.startsWith("v")) return `its convolution ${name} does not keep the size`;
  return `its layer ${name} (${next.about}) comes ${where}`;
}

/** What is in the classifier that no VGG has. */
function othersIn(head: readonly Step[], body: string, inputSize = 224): string[] {
  const isPooled = /pd*$/.test(body);
  // Where maps have one position, all ways to pool and to flatten them are the same.
  const isOne = isPooled && inputSize < 64;
  const letters = head.map(({ letter }) => letter).join("").replaceAll("d", "");
  const usual = isOne ? letters.replace(/^[afm]f?/, "f") : letters;
  const dense = head.filter(({ letter }) => letter === "D");
  const units = dense.at(-1)?.layer.config.units;
  const isEnd = ({ letter }: Step): boolean => letter === (units === 1 ? "g" : "s");
  const strange = head.filter((step) => !/[Drfad]/.test(step.letter) && !isEnd(step))
    .filter(({ letter }) => letter !== "m" || !isOne);
  const missing = isPooled ? [] : ["no max pooling after the last convolution"];
  const others = [...new Set([...missing, ...strange.map(({ about }) => about)])];
  // A number of layers that no VGG has says enough.
  const isOther = others.length === 0 && !heads.test(usual) && [1, 3].includes(dense.length);
  const rest = head.filter(({ letter }) => letter !== "D").map(({ about }) => about);
  return isOther ? [...new Set(rest)] : others;
}

/** @throws {WeightsError} If normalizations differ in what they add to the variance. */
function batchNormOf(normalizations: readonly ModelLayer[]): FileFacts {
  const epsilons = new Set(normalizations.map(({ config }) => config.epsilon));
  if (epsilons.size > 1) {
    throw new WeightsError(
      `the epsilon of all its batch normalizations must be the same. Received: ${
        [...epsilons].join(", ")
      }`,
    );
  }
  const [epsilon] = epsilons;
  const momentum = normalizations[0]?.config.momentum;
  return {
    ...(typeof epsilon === "number" ? { batchNormEpsilon: epsilon } : {}),
    ...(typeof momentum === "number" ? { batchNormMomentum: momentum } : {}),
  };
}

function activationOf(head: readonly Step[]): FileFacts {
  const last = head.findLast(({ letter }) => letter !== "d")?.letter;
  if (last === "s") return { activation: "softmax" };
  if (last === "g") return { activation: "sigmoid" };
  return last === "D" ? { activation: "linear" } : {};
}
