import { isFile } from "../../data/sources/folders.ts";

/**
 * Returns what to do with a checkpoint in TensorFlow's own format, which consists of several files and is
 * not read here; `undefined` if a path does not name such a checkpoint.
 *
 * @param path One of its files, `NAME.index`, `NAME.data-00000-of-00001` or `checkpoint`, or the `NAME`.
 */
export async function checkpointAdvice(path: string): Promise<string | undefined> {
  const isNamed = /(\.index|\.data-\d{5}-of-\d{5}|(^|[\\/])checkpoint)$/.test(path) ||
    await isFile(`${path}.index`);
  if (!isNamed) return undefined;
  return `${path} is a checkpoint in TensorFlow's own format, which is not read here; ` +
    "load it in Keras and save it with model.save_weights('NAME.weights.h5')";
}
