import { followNodes, sortedNodes } from "../graph/follow_nodes.ts";
import { LayerChain } from "../graph/layer_chain.ts";
import type { Tensor } from "../graph/tensors.ts";
import type { GraphValue } from "../graph/values.ts";
import { WeightsError } from "../errors.ts";
import type { GraphDef, TensorFlowNode } from "./graph_def.ts";
import { runTensorFlowNode } from "./graph_nodes.ts";
import { ancestorsOf, inlineFunctions } from "./inline_functions.ts";
import { lengthsOf } from "./tensor_proto.ts";
import { variablesOf } from "./variables.ts";

/**
 * Follows a graph of TensorFlow from the image to the classes.
 *
 * @param outputs The values that it is read for; all of it if there are none.
 * @param epsilon What the net's batch normalization adds, if its description says it.
 * @throws {WeightsError} If it is of no VGG net.
 */
export async function layersOfGraph(
  graph: GraphDef,
  { outputs, checkpoint, epsilon }: {
    readonly outputs?: readonly string[] | undefined;
    readonly checkpoint?: ReadonlyMap<string, Tensor> | undefined;
    readonly epsilon?: number | undefined;
  },
): Promise<ReturnType<LayerChain["finish"]>> {
  const { nodes, resolve } = inlineFunctions(graph);
  const wanted = outputs ?? sinksOf(nodes);
  const needed = ancestorsOf(nodes, wanted.map(resolve));
  const chain = new LayerChain(sizeOf(needed));
  const variable = variablesOf(nodes, checkpoint);
  await followNodes(sortedNodes(needed), {
    chain,
    values: new Map<string, GraphValue>(),
    work: (node, inputs) => runTensorFlowNode({ chain, node, inputs, variable }),
    isConvolution: ({ op }) => /^(_Fused)?Conv2D$/.test(op),
    typeOf: ({ op }) => op,
  });
  return chain.finish(epsilon);
}

/** The values that follow from an image and that no other node reads. */
function sinksOf(nodes: readonly TensorFlowNode[]): string[] {
  const data = new Set<string>();
  const read = new Set<string>();
  const sorted = sortedNodes(nodes).filter(({ op, input, output }) => {
    if (!op.startsWith("Placeholder") && !input.some((name) => data.has(name))) return false;
    output.forEach((name) => data.add(name));
    input.forEach((name) => read.add(name));
    return true;
  });
  return sorted.filter(({ output }) => !output.some((name) => read.has(name)))
    .map(({ output }) => output[0]!);
}

/** The side of the images, if their placeholder says it. */
function sizeOf(nodes: readonly TensorFlowNode[]): number | undefined {
  const placeholder = nodes.find(({ op }) => op.startsWith("Placeholder"));
  const [, height = 0, width = 0, channels] = lengthsOf(placeholder?.attr.get("shape")?.shape);
  if (channels === undefined || height <= 0) return undefined;
  if (height !== width) {
    throw new WeightsError(`its images must be square. Received: ${height}×${width}`);
  }
  return height;
}
