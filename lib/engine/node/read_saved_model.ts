import { join } from "@std/path";

type Functions = Pick<
  typeof import("@tensorflow/tfjs-node-gpu/dist/node.js").node,
  "getMetaGraphsFromSavedModel" | "loadSavedModel"
>;

/** What google-protobuf says of bytes that it cannot decode. */
const undecodable = /^(Assertion failed|Failure)/;
/** What tfjs-node says of a file without any graph, among others. */
const noGraph = /^The SavedModel does not have tags/;

function says(error: unknown, message: RegExp): boolean {
  return error instanceof Error && message.test(error.message);
}

/** tfjs-node's functions, whose errors name a `saved_model.pb` that is none. */
export function explainBrokenFiles(functions: Functions): Functions {
  const getMetaGraphsFromSavedModel: Functions["getMetaGraphsFromSavedModel"] = async (folder) => {
    const broken = new Error(`${join(folder, "saved_model.pb")} is not a SavedModel`);
    try {
      const graphs = await functions.getMetaGraphsFromSavedModel(folder);
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
        return await functions.loadSavedModel(folder, ...rest);
      } catch (error) {
        if (says(error, undecodable) || says(error, noGraph)) {
          await getMetaGraphsFromSavedModel(folder);
        }
        throw error;
      }
    },
  };
}
