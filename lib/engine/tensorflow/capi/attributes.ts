import { addressOf, type Pointer, pointerTo } from "../../../open_library.ts";
import { type CApi, required, TensorFlowError } from "./c_api.ts";
import { cString } from "./c_string.ts";
import { integerOf, requireShape, requireType } from "./validate.ts";

/** An op's attribute, as tfjs-node's kernels pass it. */
export interface OpAttribute {
  readonly name: string;
  /** One of {@linkcode AttributeType}. */
  readonly type: number;
  readonly value: unknown;
}

/** `TF_AttrType`, as far as tfjs-node's binding names it. */
export const AttributeType = {
  string: 0,
  int: 1,
  float: 2,
  bool: 3,
  type: 4,
  shape: 5,
  resource: 9,
} as const;

const encoder = new TextEncoder();

type Op = Pointer;
type Bytes = Uint8Array<ArrayBuffer>;

/** The C API's functions that set attributes; there is one set for eager ops and one for graph operations. */
export interface AttributeSetters {
  readonly string: (op: Op, key: Bytes, value: Bytes, length: bigint) => void;
  readonly int: (op: Op, key: Bytes, value: bigint) => void;
  readonly float: (op: Op, key: Bytes, value: number) => void;
  readonly bool: (op: Op, key: Bytes, value: number) => void;
  readonly type: (op: Op, key: Bytes, value: number) => void;
  readonly shape: (op: Op, key: Bytes, value: BigInt64Array<ArrayBuffer>, rank: number) => void;
  readonly intList: (op: Op, key: Bytes, value: BigInt64Array<ArrayBuffer>, size: number) => void;
  readonly floatList: (op: Op, key: Bytes, value: Float32Array<ArrayBuffer>, size: number) => void;
  readonly boolList: (op: Op, key: Bytes, value: Bytes, size: number) => void;
  readonly typeList: (op: Op, key: Bytes, value: Int32Array<ArrayBuffer>, size: number) => void;
  readonly stringList: (op: Op, key: Bytes, texts: readonly Bytes[]) => void;
}

/** The setters of eager ops. */
export function eagerSetters(api: CApi): AttributeSetters {
  const { call, status } = api;
  return {
    string: call.TFE_OpSetAttrString,
    int: call.TFE_OpSetAttrInt,
    float: call.TFE_OpSetAttrFloat,
    bool: call.TFE_OpSetAttrBool,
    type: call.TFE_OpSetAttrType,
    shape: (op, key, value, rank) => call.TFE_OpSetAttrShape(op, key, value, rank, status),
    intList: call.TFE_OpSetAttrIntList,
    floatList: call.TFE_OpSetAttrFloatList,
    boolList: call.TFE_OpSetAttrBoolList,
    typeList: call.TFE_OpSetAttrTypeList,
    stringList: withTexts(api, call.TFE_OpSetAttrStringList),
  };
}

/** The setters of a graph's operations. */
export function graphSetters(api: CApi): AttributeSetters {
  const { call } = api;
  return {
    string: call.TF_SetAttrString,
    int: call.TF_SetAttrInt,
    float: call.TF_SetAttrFloat,
    bool: call.TF_SetAttrBool,
    type: call.TF_SetAttrType,
    shape: call.TF_SetAttrShape,
    intList: call.TF_SetAttrIntList,
    floatList: call.TF_SetAttrFloatList,
    boolList: call.TF_SetAttrBoolList,
    typeList: call.TF_SetAttrTypeList,
    stringList: withTexts(api, call.TF_SetAttrStringList),
  };
}

type SetStrings = CApi["call"]["TF_SetAttrStringList"];

/** Passes texts to a function that takes their addresses and lengths, and copies them. */
function withTexts({ call }: CApi, set: SetStrings): AttributeSetters["stringList"] {
  return (op, key, texts) => {
    const lengths = BigUint64Array.from(texts, ({ length }) => BigInt(length));
    const total = lengths.reduce((sum, length) => sum + length, 0n);
    const memory = required(call.malloc(total + 1n));
    try {
      let end = addressOf(memory);
      const starts = lengths.map((length) => (end += length) - length);
      texts.forEach((text, index) => {
        if (text.length > 0) call.copyIn(pointerTo(starts[index]!), text, lengths[index]!);
      });
      set(op, key, starts, lengths, texts.length);
    } finally {
      call.free(memory);
    }
  };
}

/**
 * Sets an attribute in the type that the op's definition declares, not in `type` of the attribute: a
 * float for an int attribute is truncated, as tfjs-node's addon does.
 *
 * @throws {TensorFlowError} If the op has no such attribute, or the value does not fit its type.
 */
export function setAttribute(
  set: AttributeSetters,
  op: Op,
  opName: string,
  definedType: string | undefined,
  { name, type, value }: OpAttribute,
): void {
  const key = cString(name);
  const wrong = (expected: string): TensorFlowError =>
    new TensorFlowError(
      3,
      `${opName}: attribute ${name} takes ${expected}. Received: ${JSON.stringify(value)}`,
    );
  if (type === AttributeType.string && ![value].flat().every((item) => typeof item === "string")) {
    throw wrong("a string, as its type says");
  }
  if (type === AttributeType.bool && ![value].flat().every((item) => typeof item === "boolean")) {
    throw wrong("true or false, as its type says");
  }
  const number = (): number => {
    if (typeof value !== "number") throw wrong("a number");
    return value;
  };
  const numbers = (): number[] => {
    if (!Array.isArray(value) || value.some((item) => typeof item !== "number")) {
      throw wrong("a list of numbers");
    }
    return value;
  };
  switch (definedType) {
    case "string": {
      if (typeof value !== "string") throw wrong("a string");
      const bytes = encoder.encode(value);
      return set.string(op, key, bytes, BigInt(bytes.length));
    }
    case "int":
      return set.int(op, key, integerOf(number()));
    case "float":
      return set.float(op, key, number());
    case "bool":
      if (typeof value !== "boolean") throw wrong("true or false");
      return set.bool(op, key, value ? 1 : 0);
    case "type":
      return set.type(op, key, requireType(number()));
    case "shape": {
      const shape = numbers();
      requireShape(shape, -1);
      return set.shape(op, key, BigInt64Array.from(shape, BigInt), shape.length);
    }
    case "list(int)": {
      const list = BigInt64Array.from(numbers(), integerOf);
      return set.intList(op, key, list, list.length);
    }
    case "list(float)": {
      const list = Float32Array.from(numbers());
      return set.floatList(op, key, list, list.length);
    }
    case "list(type)": {
      const list = Int32Array.from(numbers(), requireType);
      return set.typeList(op, key, list, list.length);
    }
    case "list(bool)": {
      if (!Array.isArray(value) || value.some((item) => typeof item !== "boolean")) {
        throw wrong("a list of true and false");
      }
      return set.boolList(op, key, Uint8Array.from(value, Number), value.length);
    }
    case "list(string)": {
      if (!Array.isArray(value) || value.some((item) => typeof item !== "string")) {
        throw wrong("a list of strings");
      }
      return set.stringList(op, key, value.map((item) => encoder.encode(item)));
    }
  }
  throw new TensorFlowError(
    3,
    definedType === undefined
      ? `${opName} has no attribute ${name}`
      : `${opName}: attribute ${name} is of type ${definedType}, which this engine does not set`,
  );
}
