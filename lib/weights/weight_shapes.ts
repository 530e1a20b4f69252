import { resolveVGGOptions, type VGGOptions } from "../vgg/options.ts";
import { type LayerPlan, planVGG } from "../vgg/plan.ts";

/** Returns the shapes of a network's weights by name, `block1_conv1/kernel`, without building it. */
export function weightShapes(options: VGGOptions): Map<string, number[]> {
  const resolved = resolveVGGOptions(options);
  let inputs = resolved.channels;
  const side = Math.floor(resolved.inputSize / 32);
  const shapes = new Map<string, number[]>();
  for (const plan of planVGG(resolved)) {
    if (plan.kind === "flatten") inputs *= side * side;
    for (const [weight, shape] of shapesOf(plan, inputs)) {
      shapes.set(`${plan.name}/${weight}`, shape);
    }
    if (plan.kind === "convolution") inputs = plan.filters;
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
    case "dense":
      return [["kernel", [inputs, plan.units]], ["bias", [plan.units]]];
    case "batch_normalization":
      return ["gamma", "beta", "moving_mean", "moving_variance"].map((name) => [name, [inputs]]);
    default:
      return [];
  }
}
