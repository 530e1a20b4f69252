import type { ModelLayer } from "./config.ts";
import { type Json, jsonFields, jsonNumbers, jsonText } from "./json.ts";

/**
 * What a layer does, as a letter, so that nets can be recognized by patterns. A layer with an activation
 * takes two steps.
 *
 * - `c` a convolution that keeps the size, `v` one of 3×3 that does not pad, `z` padding by one pixel
 * - `n` batch normalization, `r` ReLU, `p` max pooling of 2×2, `d` nothing but in training
 * - `a` global average pooling, `m` global max pooling, `f` flattening, `D` fully connected
 * - `s` softmax, `g` sigmoid, `o` everything else
 */
export interface Step {
  readonly letter: string;
  readonly layer: ModelLayer;
  /** The step in a few words. */
  readonly about: string;
}

/** @param inputSize The side of the model's input in pixels, if it is known. */
export function stepsOf(layer: ModelLayer, inputSize: number | undefined): Step[] {
  const { className, config } = layer;
  const step = (letter: string, about = className): Step => ({ letter, layer, about });
  switch (className) {
    case "Conv2D":
    case "Convolution2D":
      return [convolution(layer), ...activation(layer, config.activation)];
    case "Dense":
      return [step("D", "fully connected"), ...activation(layer, config.activation)];
    case "BatchNormalization":
      return [step("n", "batch normalization")];
    case "ZeroPadding2D":
      return [step(jsonNumbers(config.padding).every((side) => side === 1) ? "z" : "o")];
    case "MaxPooling2D":
      return [maxPooling(layer, inputSize)];
    case "AveragePooling2D": {
      const side = jsonNumbers(config.pool_size)[0];
      const isGlobal = inputSize !== undefined && side === Math.floor(inputSize / 32);
      return [step(isGlobal ? "a" : "o", "average pooling")];
    }
    case "GlobalAveragePooling2D":
      return [step("a", "global average pooling")];
    case "GlobalMaxPooling2D":
      return [step("m", "global max pooling")];
    case "Flatten":
      return [step("f", "flattening")];
    case "Activation":
      return activation(layer, config.activation);
    default:
      return otherSteps(layer);
  }
}

function otherSteps(layer: ModelLayer): Step[] {
  const { className, config } = layer;
  const called = jsonText(config.function).split(".").at(-1)!;
  const name = (/OpLambda$/.test(className) ? called : className).toLowerCase();
  if (["identity", "cast"].includes(name)) return [];
  if (/dropout|noise|regularization/.test(name)) return [{ letter: "d", layer, about: "dropout" }];
  return activation(layer, { class_name: name, config });
}

function convolution(layer: ModelLayer): Step {
  const { className, config } = layer;
  const sides = jsonNumbers(config.kernel_size);
  const [strides, dilation, groups] = [config.strides, config.dilation_rate, config.groups]
    .map(jsonNumbers) as [number[], number[], number[]];
  const isPlain = [...strides, ...dilation, ...groups].every((value) => value === 1);
  const about = `${className} ${sides.join("×")}` +
    (strides.some((value) => value !== 1) ? `, strides ${strides.join("×")}` : "") +
    (dilation.some((value) => value !== 1) ? `, dilation ${dilation.join("×")}` : "") +
    (groups.some((value) => value !== 1) ? `, groups ${groups}` : "");
  const side = sides[0];
  const isSmall = sides.every((one) => one === side) && (side === 1 || side === 3);
  const isSame = side === 1 || config.padding === "same";
  return { letter: !isPlain || !isSmall ? "o" : isSame ? "c" : "v", layer, about };
}

function maxPooling(layer: ModelLayer, inputSize: number | undefined): Step {
  const { config } = layer;
  const sizes = jsonNumbers(config.pool_size);
  const strides = config.strides === null || config.strides === undefined
    ? sizes
    : jsonNumbers(config.strides);
  // Padding changes nothing where all sizes are even.
  const isEven = config.padding !== "same" || inputSize === undefined || inputSize % 32 === 0;
  const isHalving = isEven && [...sizes, ...strides].every((side) => side === 2);
  const about = `max pooling ${sizes.join("×")}, strides ${strides.join("×")}`;
  return { letter: isHalving ? "p" : "o", layer, about };
}

/** @param json The name of an activation, or its configuration. */
function activation(layer: ModelLayer, json: Json | undefined): Step[] {
  const { class_name: className, config } = jsonFields(json);
  const fields = jsonFields(config);
  const name = (jsonText(json) || jsonText(config) || jsonText(className) || "linear")
    .toLowerCase();
  const step = (letter: string, about = layer.className): Step[] => [{ letter, layer, about }];
  if (name === "linear") return [];
  if (name === "softmax" || name === "sigmoid") return step(name === "softmax" ? "s" : "g", name);
  const isPlain = ["max_value", "negative_slope", "threshold"].every((key) => !fields[key]);
  if (name === "relu") return isPlain ? step("r", "ReLU") : step("o", "another ReLU");
  return step("o", layer.className === "Activation" || jsonText(json) ? name : layer.className);
}
