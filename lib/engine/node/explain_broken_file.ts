import { join } from "@std/path";

/** What google-protobuf says of bytes that it cannot decode. */
const undecodable = /^(Assertion failed|Failure)/;

/**
 * Makes a function that reads a SavedModel name the file that is broken.
 *
 * @throws {Error} If `saved_model.pb` in the folder is not a SavedModel.
 */
export function explainBrokenFile<Rest extends unknown[], Result>(
  read: (folder: string, ...rest: Rest) => Promise<Result>,
): (folder: string, ...rest: Rest) => Promise<Result> {
  return async (folder, ...rest) => {
    try {
      return await read(folder, ...rest);
    } catch (error) {
      if (!(error instanceof Error && undecodable.test(error.message))) throw error;
      const path = join(folder, "saved_model.pb");
      throw new Error(`${path} is not a SavedModel: it cannot be decoded`, { cause: error });
    }
  };
}
