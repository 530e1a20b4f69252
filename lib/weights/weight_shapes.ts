import { resolveVGGOptions, type VGGOptions } from "../vgg/options.ts";
import { type LayerPlan, planVGG } from "../vgg/plan.ts";

/** Returns the shapes of a network's weights by name, `block1_conv1/kernel`, without building it. */
export function weightShapes(options: VGGOptions): Map<string, number[]> {
  const resolved = resolveVGGOptions(options);
  let inputs = resolved.channels;
  let side = resolved.inputSize;
  const shapes = new Map<string, number[]>();
  for (const plan of planVGG(resolved)) {
    if (plan.kind === "flatten") inputs *= side * side;
    for (const [weight, shape] of shapesOf(plan, inputs)) {
      shapes.set(`${plan.name}/${weight}`, shape);
    }
    if (plan.kind === "convolution" || plan.kind === "whitening") inputs = plan.filters;
    if (plan.kind === "whitening") side -= plan.kernelSize - 1;
    if (plan.kind === "max_pooling") side = Math.floor(side / 2);
    if (plan.kind === "dense") inputs = plan.units;
  }
  return shapes;
}

function shapesOf(plan: LayerPlan, inputs: number): [string, number[]][] {
  switch (plan.kind) {
    case "convolution": {
      const { kernelSize, filters, bias } = plan;
      const kernel: [string, number[]] = ["kernel", [kernelSize, kernelSize, inputs, filters]];
      return bias ? [kernel, ["bias", [filters]]] : [kernel];
    }
    case "whitening": {
      const { kernelSize, filters } = plan;
      return [["kernel", [kernelSize, kernelSize, inputs, filters]], ["bias", [filters]]];
    }
    case "dense":
      return [["kernel", [inputs, plan.units]], ["bias", [plan.units]]];
    case "batch_normalization":
      return ["gamma", "beta", "moving_mean", "moving_variance"].map((name) => [name, [inputs]]);
    default:
      return [];
  }
}
