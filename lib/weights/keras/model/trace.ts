import { WeightsError } from "../../errors.ts";
import { isList, type Json } from "./json.ts";
import { type Argument, argumentsOf } from "./calls.ts";
import type { ModelConfig, ModelLayer } from "./config.ts";
import { inputPixels, type Pixels } from "./pixels.ts";
import { preprocess, type ReadValues } from "./preprocessing.ts";

/** What comes out of a layer after the first one that works on features. */
interface Features {
  readonly pixels: Pixels;
  readonly layer: ModelLayer;
  readonly before?: Features;
  /** The number of layers up to here. */
  readonly count: number;
}

type Signal = Pixels | Features;

/** What a model does to an image. */
export interface Trace {
  /** The image before the first layer that works on features. */
  readonly pixels: Pixels;
  /**
   * The layers from there to the output, those of nested models among them. Where the model branches, the
   * last is the layer that joins the branches, after those that stand before all of them.
   */
  readonly layers: readonly ModelLayer[];
}

/** Follows an image through a model. */
export async function traceModel(model: ModelConfig, readValues: ReadValues): Promise<Trace> {
  const end = await runModel(model, [], readValues);
  if (!end) throw new WeightsError("its model has no output");
  const layers: ModelLayer[] = [];
  if (!isFeatures(end)) return { pixels: end, layers };
  for (let at: Features | undefined = end; at; at = at.before) layers.push(at.layer);
  return { pixels: end.pixels, layers: layers.reverse() };
}

function isFeatures(signal: Signal): signal is Features {
  return "layer" in signal;
}

/** @param inputs What the model is called with; none for the outermost one. */
async function runModel(
  model: ModelConfig,
  inputs: readonly Signal[],
  readValues: ReadValues,
): Promise<Signal | undefined> {
  const values = new Map<string, Signal>();
  let previous: Signal | undefined = inputs[0];
  for (const layer of model.layers) {
    const { className, name, calls, config } = layer;
    if (className === "InputLayer") {
      const given: Signal | undefined = model.isSequential
        ? previous
        : inputs[Math.max(0, model.inputs.indexOf(name))];
      const shape = config.batch_shape ?? config.batch_input_shape ?? model.inputShape;
      previous = given ?? inputPixels(shapeOf(shape));
    } else {
      // Older sequential models have no input layer.
      previous ??= model.isSequential
        ? inputPixels(shapeOf(config.batch_input_shape ?? model.inputShape))
        : undefined;
      const args: Argument<Signal>[] = model.isSequential
        ? previous ? [{ kind: "value", value: previous }] : []
        : calls.flatMap((call) => argumentsOf(call, (from) => values.get(from)));
      previous = await runLayer(layer, args, readValues);
    }
    if (previous) values.set(name, previous);
  }
  if (model.isSequential) return previous;
  const outputs = model.outputs.flatMap((name) => values.get(name) ?? []);
  return outputs.length < 2 ? outputs[0] : joined(outputs, severalOutputs);
}

async function runLayer(
  layer: ModelLayer,
  args: readonly Argument<Signal>[],
  readValues: ReadValues,
): Promise<Signal | undefined> {
  const signals = args.flatMap((one) => one.kind === "value" ? [one.value] : []);
  if (layer.model) return await runModel(layer.model, signals, readValues);
  const [first] = signals;
  if (!first) return undefined;
  if (signals.some(isFeatures)) {
    return signals.length > 1 ? joined(signals, layer) : after(first, layer);
  }
  const pixels = await preprocess(layer, args as readonly Argument<Pixels>[], readValues);
  return pixels ?? after(first, layer);
}

function after(signal: Signal, layer: ModelLayer): Features {
  return isFeatures(signal)
    ? { pixels: signal.pixels, layer, before: signal, count: signal.count + 1 }
    : { pixels: signal, layer, count: 1 };
}

/** Puts a layer that joins branches after the last layer that all branches have in common. */
function joined(signals: readonly Signal[], layer: ModelLayer): Signal {
  let ends: (Features | undefined)[] = signals.map((one) => isFeatures(one) ? one : undefined);
  while (ends.some((end) => end !== ends[0])) {
    const shortest = Math.min(...ends.map((end) => end?.count ?? 0));
    const isLonger = ends.some((end) => (end?.count ?? 0) > shortest);
    ends = ends.map((end) => isLonger && (end?.count ?? 0) === shortest ? end : end?.before);
  }
  const [common] = ends;
  const [first] = signals;
  return after(common ?? (isFeatures(first!) ? first.pixels : first!), layer);
}

const severalOutputs: ModelLayer = {
  ...{ className: "several outputs", name: "", config: {}, path: [], group: [], calls: [] },
};

function shapeOf(shape: Json | undefined): (number | null)[] {
  return isList(shape) ? shape.map((side) => typeof side === "number" ? side : null) : [];
}
