import { z } from "zod";
import { readAt } from "../../files/read.ts";
import { WeightsError } from "../errors.ts";
import type { FilesBeside } from "../graph/files_beside.ts";
import { toFloats } from "../raw_values.ts";
import { countOf, type RowArray, rowArray } from "../weights_file.ts";

const types = { float32: 4, float16: 2, int32: 4, uint8: 1, uint16: 2, bool: 1 } as const;
type TypeName = keyof typeof types;

const typeSchema = z.enum(["float32", "float16", "int32", "uint8", "uint16", "bool"]);
const length = z.number().int().nonnegative();

export const manifestSchema = z.array(z.object({
  paths: z.array(z.string()),
  weights: z.array(z.object({
    name: z.string(),
    shape: z.array(length),
    dtype: z.string(),
    quantization: z.object({
      dtype: z.string(),
      scale: z.number().optional(),
      min: z.number().optional(),
    }).optional(),
  })),
}));

/** An array of a model for TensorFlow.js. */
export interface TfjsTensor {
  readonly name: string;
  readonly tensor: RowArray;
}

/** A file of values, and the place of its first byte among all of its group. */
interface Shard {
  readonly file: Deno.FsFile;
  readonly from: number;
  readonly to: number;
}

/**
 * Finds the arrays of a manifest in its files. Quantized values become floats.
 *
 * @param notes Gets a line if values are quantized.
 * @throws {WeightsError} If a file is missing or too short, or a type is not one of numbers.
 */
export async function tfjsTensors(
  manifest: z.infer<typeof manifestSchema>,
  files: FilesBeside,
  notes: string[],
): Promise<TfjsTensor[]> {
  const tensors: TfjsTensor[] = [];
  const quantized = new Set<string>();
  for (const { paths, weights } of manifest) {
    const shards: Shard[] = [];
    let bytes = 0;
    for (const path of paths) {
      const file = await files.open(path);
      const { size } = await file.stat();
      shards.push({ file, from: bytes, to: bytes += size });
    }
    let position = 0;
    for (const { name, shape, dtype, quantization } of weights) {
      const type = typeSchema.safeParse(quantization?.dtype ?? dtype);
      if (!type.success) throw new WeightsError(`the type of ${name} cannot be ${dtype}`);
      const start = position;
      position += types[type.data] * countOf(shape);
      if (!Number.isSafeInteger(position) || position > bytes) {
        throw new WeightsError(
          `${name} of shape [${shape}] exceeds the ${bytes} bytes of its files`,
        );
      }
      if (quantization) quantized.add(quantization.dtype);
      const { scale = 1, min = 0 } = quantization ?? {};
      tensors.push({
        name,
        tensor: tensorAt(shards, start, { shape, type: type.data, scale, min }),
      });
    }
  }
  if (quantized.size > 0) {
    notes.push(`its weights are rounded to ${[...quantized].join(", ")}, as they were converted`);
  }
  return tensors;
}

function tensorAt(
  shards: readonly Shard[],
  position: number,
  { shape, type, scale, min }: {
    readonly shape: readonly number[];
    readonly type: TypeName;
    readonly scale: number;
    readonly min: number;
  },
): RowArray {
  const size = types[type];
  return rowArray(shape, async (start, count) => {
    const from = position + start * size;
    const values = numbersOf(await readAcross(shards, from, count * size), type);
    return type === "uint8" || type === "uint16"
      ? values.map((value) => value * scale + min)
      : values;
  });
}

/** Reads bytes that can be in several files. */
async function readAcross(
  shards: readonly Shard[],
  from: number,
  count: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(count);
  for (const shard of shards) {
    const [first, last] = [Math.max(from, shard.from), Math.min(from + count, shard.to)];
    if (first >= last) continue;
    await readAt(shard.file, first - shard.from, bytes.subarray(first - from, last - from));
  }
  return bytes;
}

function numbersOf(bytes: Uint8Array<ArrayBuffer>, type: TypeName): Float32Array<ArrayBuffer> {
  switch (type) {
    case "float32":
      return toFloats(bytes, "F32");
    case "float16":
      return toFloats(bytes, "F16");
    case "int32":
      return Float32Array.from(new Int32Array(bytes.buffer));
    case "uint16":
      return Float32Array.from(new Uint16Array(bytes.buffer));
    case "uint8":
    case "bool":
      return Float32Array.from(bytes);
  }
}
