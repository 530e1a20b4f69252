import { WeightsError } from "../errors.ts";
import type { FilesBeside } from "../graph/files_beside.ts";
import type { ByteRange } from "../protobuf/protobuf_fields.ts";

/** Where a tensor says that its values are. */
export interface ExternalEntry {
  readonly key: string;
  readonly value: string;
}

/**
 * Finds the bytes of a tensor in a file beside the model.
 *
 * @throws {WeightsError} If the file is missing or elsewhere, or does not have these bytes.
 */
export async function findExternal(
  files: FilesBeside,
  entries: readonly ExternalEntry[],
  bytes: number,
): Promise<ByteRange & { readonly file: Deno.FsFile }> {
  const values = new Map(entries.map(({ key, value }) => [key, value]));
  const location = values.get("location") ?? "";
  const from = wholeNumber(values.get("offset") ?? "0");
  const length = wholeNumber(values.get("length") ?? `${bytes}`);
  const file = await files.open(location);
  const { size } = await file.stat();
  if (length !== bytes || from + length > size) {
    throw new WeightsError(
      `${bytes} bytes cannot be at ${from}, length ${length}, of the ${size} bytes of ${location}`,
    );
  }
  return { file, from, to: from + length };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new WeightsError(`a place in a file of values must be a whole number. Received: ${text}`);
  }
  return value;
}
