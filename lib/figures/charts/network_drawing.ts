import { countVGG, type LayerCount } from "../../vgg/analysis/count.ts";
import type { NetworkName } from "../../vgg/configurations.ts";
import { resolveVGGOptions, type VGGOptions } from "../../vgg/options.ts";
import { type LayerPlan, planVGG } from "../../vgg/plan.ts";
import { compact } from "../plotly/text.ts";

/** A network as drawn by {@linkcode architectureFigure}, from its input to its predictions. */
export interface NetworkDrawing {
  /** The heading of the network's column. */
  readonly name: string;
  /** A gray line below the name. */
  readonly detail: string;
  /** The blocks from the input to the classifier. */
  readonly blocks: readonly BlockDrawing[];
}

/** A group of layers with the notes beside it. */
export interface BlockDrawing {
  /** The first, bold line beside the layers. */
  readonly title: string;
  /** The further lines. */
  readonly notes: readonly string[];
  /** The layers from top to bottom. */
  readonly layers: readonly LayerDrawing[];
}

/** The bar of a layer. */
export interface LayerDrawing {
  /** Determines the color and height of the bar. */
  readonly kind: "input" | "convolution" | "normalization" | "pooling" | "dense";
  /** The text on the bar. */
  readonly label: string;
  /** Equal for layers that two networks have in common. */
  readonly key: string;
}

const commonNames: Readonly<Record<NetworkName, string>> = {
  A: "VGG11",
  "A-LRN": "VGG11-LRN",
  B: "VGG13",
  C: "VGG16 (C)",
  D: "VGG16",
  E: "VGG19",
  S: "VGG-S",
};

/** The common name of a configuration: `VGG16` for D. */
export function commonName(configuration: NetworkName): string {
  return commonNames[configuration];
}

/**
 * Describes a network for {@linkcode architectureFigure}, with shapes and parameters from
 * {@linkcode countVGG}. Batch normalization is part of the bar of its convolution; ReLU, flatten and
 * dropout have no bar.
 *
 * @throws {OptionError} If an option is not allowed.
 *
 * @example
 * ```ts
 * import { drawNetwork } from "vgg";
 *
 * drawNetwork({ configuration: "E" }).blocks.length; // 7: the input, five blocks, the head
 * ```
 */
export function drawNetwork(options: VGGOptions = {}): NetworkDrawing {
  const resolved = resolveVGGOptions(options);
  const { layers: [input, ...counts], parameters, macs } = countVGG(options);
  const plans = planVGG(resolved);
  const blocks = Map.groupBy(
    plans.map((plan, index) => ({ plan, count: counts[index]! })),
    ({ plan: { name } }) => /^block(\d+)_/.exec(name)?.[1] ?? "head",
  );
  const normalized = resolved.batchNorm ? " with batch normalization" : "";
  return {
    name: commonName(resolved.configuration) + normalized,
    detail: `configuration ${resolved.configuration} · ${compact(parameters)} parameters · ` +
      `${compact(macs)} multiply-adds`,
    blocks: [
      {
        title: "Input",
        notes: [],
        layers: [{ kind: "input", label: shape(input!), key: "input" }],
      },
      ...[...blocks].map(([name, parts]) => ({
        title: name === "head" ? "Classifier" : `Block ${name}`,
        notes: blockNotes(parts.map(({ count }) => count), name === "head"),
        layers: parts.flatMap(({ plan }) => drawLayer(plan) ?? []),
      })),
    ],
  };
}

function blockNotes(counts: readonly LayerCount[], isHead: boolean): string[] {
  const parameters = counts.reduce((sum, count) => sum + count.parameters, 0);
  return [
    ...(isHead ? [] : [shape(counts[0]!)]),
    `${compact(parameters)} parameters`,
  ];
}

function shape({ outputShape }: LayerCount): string {
  return outputShape.join(" × ");
}

function drawLayer(plan: LayerPlan): LayerDrawing | undefined {
  const { name } = plan;
  switch (plan.kind) {
    case "whitening":
    case "convolution": {
      const side = `${plan.kernelSize} × ${plan.kernelSize}`;
      return {
        kind: "convolution",
        label: `${side} ${plan.kind}, ${plan.filters}`,
        key: `${name} ${side}`,
      };
    }
    case "local_response_normalization":
      return { kind: "normalization", label: "response normalization", key: name };
    case "max_pooling":
      return { kind: "pooling", label: "2 × 2 max-pooling", key: name };
    case "global_average_pooling":
      return { kind: "pooling", label: "average of all places", key: name };
    case "global_max_pooling":
      return { kind: "pooling", label: "maximum of all places", key: name };
    case "dense":
      return { kind: "dense", label: `fully connected, ${plan.units}`, key: name };
    default:
      return undefined;
  }
}
