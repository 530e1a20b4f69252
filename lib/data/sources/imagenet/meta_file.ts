import { DataError } from "../../errors.ts";
import { readMatFile } from "../records/mat_file.ts";

/** Where the development kit's files lie, inside a data set. */
export const devkitPlaces: readonly string[] = [
  ...["", "ILSVRC2012_devkit_t12/data", "ILSVRC2012_devkit_t12", "devkit/data", "devkit"],
];

/** A class of the development kit's `meta.mat`. */
export interface Synset {
  /** `ILSVRC2012_ID`, from 1 on; the classes of the competition have 1 to 1000. */
  readonly number: number;
  readonly wnid: string;
  /** Its names, with commas between. */
  readonly words: string;
}

/**
 * Reads the structures `synsets` of the development kit's `meta.mat`.
 *
 * @throws {DataError} If it is missing or damaged, or holds anything else.
 */
export async function readMeta(file: string): Promise<Synset[]> {
  const value = (await readMatFile(file)).variables.get("synsets");
  const synsets = (value?.kind === "structs" ? value.structs : []).flatMap((synset): Synset[] => {
    const number = synset.get("ILSVRC2012_ID");
    const [wnid, words] = [synset.get("WNID"), synset.get("words")];
    if (number?.kind !== "numbers" || wnid?.kind !== "text") return [];
    const name = words?.kind === "text" ? words.text : wnid.text;
    return [{ number: number.values[0] ?? NaN, wnid: wnid.text, words: name }];
  });
  if (synsets.length > 0) return synsets;
  throw new DataError(`${file} must hold synsets, structures with ILSVRC2012_ID and WNID`);
}
