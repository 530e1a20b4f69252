import { z } from "zod";
import { mapReadErrors, readAt, ReadError } from "../../files/read.ts";
import { WeightsError } from "../errors.ts";
import { bytesOf, numbersIn, type NumberType } from "../raw_values.ts";
import type { RawWeights, RowArray } from "../weights_file.ts";
import { addArray, beginDigest, digestKey, sliceBytes } from "./digest.ts";
import { type HeaderEntries, readHeader } from "./header.ts";

/**
 * Opens a safetensors file. The whole header is checked, and the digest if {@linkcode writeSafetensors}
 * wrote one; values are read on demand. Arrays of whole numbers are skipped, such as the counts of batches.
 *
 * @throws {WeightsError} If the file is truncated, malformed or has another type, or its digest is not that
 *   of its content; {ReadError} if the machine cannot read it. The error names the path.
 */
export async function openSafetensors(path: string): Promise<RawWeights> {
  const file = await mapReadErrors(path, () => Deno.open(path));
  try {
    return await mapReadErrors(path, async () => {
      const { entries, metadata, start } = await readHeader(file);
      await requireDigest(file, entries, { start, metadata });
      return {
        path,
        arrays: arraysOf(path, file, entries, start),
        metadata,
        [Symbol.dispose]: () => file.close(),
      };
    });
  } catch (error) {
    file.close();
    if (error instanceof ReadError) throw error;
    if (error instanceof DamagedError) throw new WeightsError(`${path} ${error.message}`);
    const what = error instanceof z.ZodError ? "its header is malformed" : (error as Error).message;
    throw new WeightsError(`${path} is not a safetensors file: ${what}`);
  }
}

/** The digest of a file is not that of its content. */
class DamagedError extends Error {}

/** Files of other programs and of earlier versions have no digest. */
async function requireDigest(
  file: Deno.FsFile,
  entries: HeaderEntries,
  { start, metadata }: { start: number; metadata: Readonly<Record<string, string>> },
): Promise<void> {
  const { [digestKey]: digest, ...others } = metadata;
  if (digest === undefined) return;
  const hash = beginDigest(others);
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of entries) {
    addArray(hash, name, shape, dtype);
    for (let position = from; position < to; position += sliceBytes) {
      const part = new Uint8Array(Math.min(sliceBytes, to - position));
      hash.update(await readAt(file, start + position, part));
    }
  }
  if (hash.digest("hex") !== digest) throw new DamagedError("is damaged: its digest is another");
}

function arraysOf(
  path: string,
  file: Deno.FsFile,
  entries: HeaderEntries,
  origin: number,
): Map<string, RowArray> {
  const other = entries.find(([, { dtype }]) => dtype.startsWith("F") && !isNumberType(dtype));
  if (other) {
    throw new WeightsError(
      `its numbers must be F16, BF16, F32 or F64. Received: ${other[1].dtype} in ${other[0]}`,
    );
  }
  return new Map(
    entries.flatMap(([name, { dtype, shape, data_offsets: [start] }]) =>
      isNumberType(dtype)
        ? [
          [
            name,
            named(path, numbersIn(file, { shape, type: dtype, position: origin + start })),
          ] as const,
        ]
        : []
    ),
  );
}

/** An array whose errors name its file. */
function named(path: string, { shape, read, rows }: RowArray): RowArray {
  return {
    shape,
    read: () => mapReadErrors(path, () => read()),
    rows: (from, to) => mapReadErrors(path, () => rows(from, to)),
  };
}

function isNumberType(dtype: string): dtype is NumberType {
  return Object.hasOwn(bytesOf, dtype);
}
