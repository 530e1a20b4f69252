import { WeightsError } from "../errors.ts";
import type { Tensor } from "../graph/tensors.ts";
import type { TensorFlowNode } from "./graph_def.ts";

/**
 * Finds the values of variables in a checkpoint as the graph itself restores them: what a node assigns to a
 * variable is an output of `RestoreV2`, whose inputs are the names in the checkpoint.
 *
 * @param nodes All nodes of the graph, those of its functions too.
 * @param checkpoint The arrays of the checkpoint; `undefined` if there is none.
 * @returns The values by the name of the value that stands for the variable.
 */
export function variablesOf(
  nodes: readonly TensorFlowNode[],
  checkpoint: ReadonlyMap<string, Tensor> | undefined,
): (name: string) => Tensor {
  const makers = new Map(nodes.map((node) => [node.name, node]));
  const makerOf = (name = ""): TensorFlowNode | undefined =>
    makers.get(name.slice(0, name.lastIndexOf(":")));
  const keys = new Map<string, string>();
  for (const { op, input: [variable, value] } of nodes) {
    if (op !== "AssignVariableOp" && op !== "Assign") continue;
    let restored: string | undefined = value;
    if (makerOf(restored)?.op === "Identity") restored = makerOf(restored)?.input[0];
    const restore = makerOf(restored);
    if (restore?.op !== "RestoreV2") continue;
    const key = makerOf(restore.input[1])?.texts?.[Number(restored!.split(":").at(-1))];
    if (variable !== undefined && key !== undefined) keys.set(variable, key);
  }
  return (name) => {
    const node = makerOf(name);
    const shared = new TextDecoder().decode(node?.attr.get("shared_name")?.s);
    const own = shared || node?.name || name;
    if (!checkpoint) {
      throw new WeightsError(
        `the values of its variable ${own} are in its folder variables/, which is not there`,
      );
    }
    const found = checkpoint.get(keys.get(name) ?? own);
    if (!found) throw new WeightsError(`the values of its variable ${own} are not in variables/`);
    return found;
  };
}
