import type { ClassLabel } from "../../data/dataset.ts";
import { decodeText } from "../../files/decode_text.ts";
import { readLimited } from "../../files/read_limited.ts";
import { datasetNames, loadDataset } from "../../data/open_dataset.ts";
import { isFile, isFolder } from "../../data/sources/folders.ts";
import { OptionError } from "../../errors.ts";
import { imageNetClasses, type ImageNetOptions } from "./imagenet_classes.ts";

/** Lists of names have about 20 bytes for each. */
const maxBytes = 2 ** 24;

/**
 * Reads the names of classes in the order of a net's outputs.
 *
 * @param from A file, see {@linkcode parseClassNames}; the folder or the name of a data set, whose classes
 *   are taken in its order; or `imagenet` for the thousand classes.
 * @throws {OptionError} If it is none of these; {DataError} or {FetchError} if the names cannot be read.
 */
export async function readClassNames(
  from: string,
  options: ImageNetOptions = {},
): Promise<readonly ClassLabel[]> {
  if (from === "imagenet") return await imageNetClasses(options);
  if (datasetNames.includes(from) || await isFolder(from)) {
    return (await loadDataset(from, { classes: "all" })).classes;
  }
  if (!await isFile(from) || (await Deno.stat(from)).size > maxBytes) {
    throw new OptionError(
      `class names must be a file of names, the folder of a data set, or imagenet. Received: ${from}`,
    );
  }
  // Imported on first use because it loads a library for tables.
  const { parseClassNames } = await import("./parse_class_names.ts");
  const { text, assumed } = decodeText(await readLimited(from, maxBytes));
  // Names in a wrong encoding would be shown, and exported with the weights.
  if (assumed) throw new OptionError(`a file of class names must be UTF-8. Received: ${from}`);
  const classes = parseClassNames(text);
  if (!classes) {
    throw new OptionError(
      "a file of class names must have a name a line, a table with a column name, or JSON. " +
        `Received: ${from}`,
    );
  }
  const ids = new Set(classes.map(({ id }) => id));
  if (ids.size === classes.length) return classes;
  // Classes are told apart by their ids.
  return classes.map(({ name }, index) => ({ id: `${index}`, name }));
}
