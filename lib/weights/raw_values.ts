import { readAt } from "../files/read.ts";
import { bytesOf, type NumberType, toFloats } from "./number_types.ts";
import { type RowArray, rowArray } from "./weights_file.ts";

/** An array whose numbers lie in a file one after the other, from `position` on. */
export function numbersIn(
  file: Deno.FsFile,
  { shape, type, position }: {
    readonly shape: readonly number[];
    readonly type: NumberType;
    readonly position: number;
  },
): RowArray {
  const size = bytesOf[type];
  return rowArray(shape, async (start, count) => {
    const bytes = new Uint8Array(count * size);
    return toFloats(await readAt(file, position + start * size, bytes), type);
  });
}
