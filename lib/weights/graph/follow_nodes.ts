import { WeightsError } from "../errors.ts";
import type { LayerChain } from "./layer_chain.ts";
import { type GraphValue, isData, OtherLayer } from "./values.ts";

/** A node of a graph. */
interface GraphNode {
  readonly name: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
}

/** What a node gives, one value for each output that has one. */
export type Outputs =
  | GraphValue
  | readonly GraphValue[]
  | Promise<GraphValue | readonly GraphValue[]>;

/**
 * Sorts nodes so that each follows those whose outputs it reads; nodes in circles are left out.
 */
export function sortedNodes<Sorted extends GraphNode>(
  nodes: readonly Sorted[],
): Sorted[] {
  const made = new Set(nodes.flatMap(({ output }) => output));
  const readers = new Map<string, Sorted[]>();
  const missing = new Map<Sorted, number>();
  const ready: Sorted[] = [];
  for (const node of nodes) {
    const inputs = new Set(node.input.filter((name) => name !== "" && made.has(name)));
    for (const name of inputs) {
      const found = readers.get(name);
      if (found) found.push(node);
      else readers.set(name, [node]);
    }
    missing.set(node, inputs.size);
    if (inputs.size === 0) ready.push(node);
  }
  // The list grows while it is gone through.
  for (const node of ready) {
    for (const name of new Set(node.output)) {
      for (const reader of readers.get(name) ?? []) {
        const count = missing.get(reader)! - 1;
        missing.set(reader, count);
        if (count === 0) ready.push(reader);
      }
      readers.delete(name);
    }
  }
  return ready;
}

/**
 * Follows the data through sorted nodes.
 *
 * @param values The values by their names: the image and the constants; the nodes' outputs are added.
 * @param work Gives the outputs of one node.
 * @param isConvolution Whether a node is one; other structures behind the last one make another head.
 * @throws {WeightsError} If a node in the convolutions is of no VGG net.
 */
export async function followNodes<Followed extends GraphNode>(
  nodes: readonly Followed[],
  { chain, values, work, isConvolution, typeOf }: {
    readonly chain: LayerChain;
    readonly values: Map<string, GraphValue>;
    readonly work: (node: Followed, inputs: readonly (GraphValue | undefined)[]) => Outputs;
    readonly isConvolution: (node: Followed) => boolean;
    readonly typeOf: (node: Followed) => string;
  },
): Promise<void> {
  const last = nodes.findLastIndex(isConvolution);
  for (const [index, node] of nodes.entries()) {
    const inputs = node.input.map((name) => values.get(name));
    const readsData = inputs.some(isData);
    if (readsData && chain.isClassified) {
      if (!/^(Identity|Cast|NoOp)$/.test(typeOf(node))) {
        chain.notes.push(`its ${typeOf(node)} behind the classes is left out`);
        return;
      }
    }
    try {
      const outputs = [await work(node, inputs)].flat();
      outputs.forEach((value, at) => values.set(node.output[at] ?? "", value));
    } catch (error) {
      if (!(error instanceof OtherLayer)) throw error;
      if (!readsData) continue; // Nothing that the net reads, or a later node misses it.
      if (index > last) {
        chain.addOther(typeOf(node));
        return;
      }
      throw new WeightsError(
        `its node ${node.name} (${typeOf(node)}) is of no VGG net: ${error.message}`,
      );
    }
  }
}
