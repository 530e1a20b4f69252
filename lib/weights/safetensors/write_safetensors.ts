import { OptionError } from "../../errors.ts";
import { replaceFileBy } from "../../files/replace_file.ts";
import { writeAll } from "../../files/write.ts";
import { bytesOf } from "../raw_values.ts";
import { countOf } from "../weights_file.ts";
import { addArray, beginDigest, digestKey, sliceBytes } from "./digest.ts";
import { lengthBytes } from "./header.ts";

/** What stands in the header until the values are written, and so their digest is known. */
const noDigest = "0".repeat(64);

/**
 * Writes arrays atomically in the safetensors format: the header's length, a JSON header, then the values.
 * The arrays are read one at a time, so that there is never a second copy of all weights in memory. The
 * metadata gets the SHA-256 of everything else in the file, which {@linkcode openSafetensors} checks.
 *
 * @param shapes Names and shapes, in the file's order.
 * @param read Reads the values of an array by name.
 * @param kernelType How arrays of two and more dimensions are stored; others, which are small, are F32.
 * @throws {OptionError} If a value is too large for F16.
 */
export async function writeSafetensors(
  path: string,
  shapes: ReadonlyMap<string, readonly number[]>,
  read: (name: string) => Promise<Float32Array>,
  metadata: Readonly<Record<string, string>> = {},
  kernelType: "F32" | "F16" = "F32",
): Promise<void> {
  const typeOf = (shape: readonly number[]): "F32" | "F16" => shape.length > 1 ? kernelType : "F32";
  const header: Record<string, unknown> = {
    __metadata__: { [digestKey]: noDigest, ...metadata },
  };
  let offset = 0;
  for (const [name, shape] of shapes) {
    const dtype = typeOf(shape);
    const bytes = bytesOf[dtype] * countOf(shape);
    header[name] = { dtype, shape, data_offsets: [offset, offset += bytes] };
  }
  const json = JSON.stringify(header);
  const encoded = new TextEncoder().encode(json);
  const padded = new Uint8Array(Math.ceil(encoded.length / 8) * 8).fill(0x20);
  padded.set(encoded);
  const length = new Uint8Array(lengthBytes);
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true);
  await replaceFileBy(path, async (file) => {
    await writeAll(file, length);
    await writeAll(file, padded);
    const hash = beginDigest(metadata);
    for (const [name, shape] of shapes) {
      const dtype = typeOf(shape);
      addArray(hash, name, shape, dtype);
      const values = await read(name);
      const { buffer, byteOffset, byteLength } = dtype === "F32" ? values : toHalf(name, values);
      for (let start = 0; start < byteLength; start += sliceBytes) {
        const size = Math.min(sliceBytes, byteLength - start);
        const part = new Uint8Array(buffer, byteOffset + start, size);
        hash.update(part);
        await writeAll(file, part);
      }
    }
    await file.seek(lengthBytes + json.indexOf(noDigest), Deno.SeekMode.Start);
    await writeAll(file, new TextEncoder().encode(hash.digest("hex")));
  });
}

function toHalf(name: string, values: Float32Array): Float16Array<ArrayBuffer> {
  const halves = new Float16Array(values);
  const large = halves.findIndex((half, at) =>
    !Number.isFinite(half) && Number.isFinite(values[at])
  );
  if (large < 0) return halves;
  throw new OptionError(`${name} must be at most 65504 for float16. Received: ${values[large]}`);
}
