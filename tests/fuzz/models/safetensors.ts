import fc from "fast-check";
import { type Bytes, joined } from "../mutate.ts";
import type { Target } from "../target.ts";

const names = fc.constantFrom(
  ...["block1_conv1/kernel", "block1_conv1/bias", "predictions/kernel", "predictions/bias"],
  ...["features.0.weight", "features.0.bias", "classifier.0.weight", "classifier.6.bias"],
  ...["mean", "std", "", "__proto__", "toString", "é\u202e"],
);
const types: Readonly<Record<string, number>> = {
  ...{ F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U8: 1, BOOL: 1, F8_E4M3: 1, X: 1 },
};

interface Model {
  readonly arrays: readonly (readonly [name: string, type: string, shape: readonly number[]])[];
  readonly metadata: unknown;
  /** What is added to the end of the last array, to the length of the header, and to the file. */
  readonly faults: readonly [end: number, header: number, tail: number];
}

/** Mostly none, so that most files are consistent. */
const fault = fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.integer({ min: -9, max: 9 }));

/** Files of safetensors: consistent ones, and those with one wrong position. */
export const safetensorsFiles: fc.Arbitrary<Bytes> = fc.record<Model>({
  arrays: fc.array(
    fc.tuple(names, fc.constantFrom(...Object.keys(types)), fc.array(fc.nat(4), { maxLength: 5 })),
    { maxLength: 5 },
  ),
  metadata: fc.oneof(
    fc.constant(undefined),
    fc.dictionary(
      fc.constantFrom("sha256", "network", "classes", "fit", "normalization", "format", "vgg"),
      fc.oneof(fc.json({ maxDepth: 2 }), fc.constantFrom("{}", "[]", "pt", "0".repeat(64))),
    ),
    fc.jsonValue({ maxDepth: 2 }),
  ),
  faults: fc.tuple(fault, fault, fault),
}).map(({ arrays, metadata, faults: [end, header, tail] }) => {
  let position = 0;
  const entries = arrays.map(([name, dtype, shape], index) => {
    const from = position;
    position += shape.reduce((a, b) => a * b, types[dtype]!);
    const to = position + (index === arrays.length - 1 ? end : 0);
    return [name, { dtype, shape, data_offsets: [from, to] }] as const;
  });
  const json = `{${
    [...(metadata === undefined ? [] : [["__metadata__", metadata] as const]), ...entries]
      .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")
  }}`;
  return fileOf(json, new Uint8Array(Math.max(0, position + tail)), header);
});

function fileOf(json: string, values: Uint8Array, fault = 0): Bytes {
  const header = new TextEncoder().encode(json);
  const length = new DataView(new ArrayBuffer(8));
  length.setBigInt64(0, BigInt(header.length + fault), true);
  return joined(new Uint8Array(length.buffer), header, values);
}

function headerEnd(input: Bytes): number {
  return 8 + new DataView(input.buffer, input.byteOffset).getUint32(0, true);
}

/** The header of a file. */
export const safetensorsJson: Required<Target>["json"] = {
  take: (input) => new TextDecoder().decode(input.subarray(8, headerEnd(input))),
  put: (input, text) => fileOf(text.trim(), input.subarray(headerEnd(input))),
};
