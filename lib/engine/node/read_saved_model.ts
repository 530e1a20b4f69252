import { join } from "@std/path";

type Functions = Pick<
  typeof import("@tensorflow/tfjs-node-gpu/dist/node.js").node,
  "getMetaGraphsFromSavedModel" | "loadSavedModel"
>;

/** A signature's tensor, whose shape tfjs-node leaves as messages of google-protobuf. */
interface TensorInfo {
  shape?: (number | { getSize(): number })[];
}

/** What google-protobuf says of bytes that it cannot decode. */
const undecodable = /^(Assertion failed|Failure)/;
/** What tfjs-node says of a file without any graph, among others. */
const noGraph = /^The SavedModel does not have tags/;

function says(error: unknown, message: RegExp): boolean {
  return error instanceof Error && message.test(error.message);
}

/**
 * tfjs-node's functions, with two differences: errors name a `saved_model.pb` that is none, and shapes are
 * lists of numbers, as its types promise; -1 stands for any.
 */
export function improveReading(functions: Functions): Functions {
  const getMetaGraphsFromSavedModel: Functions["getMetaGraphsFromSavedModel"] = async (folder) => {
    const broken = new Error(`${join(folder, "saved_model.pb")} is not a SavedModel`);
    try {
      const graphs = await functions.getMetaGraphsFromSavedModel(folder);
      for (const { signatureDefs } of graphs) Object.values(signatureDefs).forEach(numberShapes);
      if (graphs.length > 0) return graphs;
    } catch (error) {
      if (!says(error, undecodable)) throw error;
      throw Object.assign(broken, { cause: error });
    }
    throw broken;
  };
  return {
    getMetaGraphsFromSavedModel,
    loadSavedModel: async (folder, ...rest) => {
      try {
        const model = await functions.loadSavedModel(folder, ...rest);
        numberShapes(model);
        return model;
      } catch (error) {
        if (says(error, undecodable) || says(error, noGraph)) {
          await getMetaGraphsFromSavedModel(folder);
        }
        throw error;
      }
    },
  };
}

function numberShapes({ inputs, outputs }: { inputs: object; outputs: object }): void {
  for (const info of [inputs, outputs].flatMap(Object.values) as TensorInfo[]) {
    info.shape = info.shape?.map((side) => typeof side === "number" ? side : side.getSize()) ?? [];
  }
}
