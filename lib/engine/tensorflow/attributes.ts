import { type CApi, cString, TensorFlowError } from "./c_api.ts";

/** An op's attribute as tfjs-node's kernels pass it; `type` is one of {@linkcode AttributeType}. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** `TF_AttrType`, the names tfjs-node's binding uses. */
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

/**
 * Sets an attribute by the type that the op's definition gives it, not by what the caller thinks:
 * a float for an int attribute is cut, as tfjs-node's addon does.
 */
export function setAttribute(
  api: CApi,
  op: Deno.PointerObject,
  opName: string,
  definedType: string | undefined,
  { name, value }: OpAttribute,
): void {
  const { call } = api;
  const key = cString(name);
  const wrong = (expected: string): TensorFlowError =>
    new TensorFlowError(
      3,
      `${opName}: attribute ${name} takes ${expected}. Received: ${JSON.stringify(value)}`,
    );
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
      return call.TFE_OpSetAttrString(op, key, bytes, BigInt(bytes.length));
    }
    case "int":
      return call.TFE_OpSetAttrInt(op, key, BigInt(Math.trunc(number())));
    case "float":
      return call.TFE_OpSetAttrFloat(op, key, number());
    case "bool":
      if (typeof value !== "boolean") throw wrong("true or false");
      return call.TFE_OpSetAttrBool(op, key, value ? 1 : 0);
    case "type":
      return call.TFE_OpSetAttrType(op, key, number());
    case "shape": {
      const shape = numbers();
      call.TFE_OpSetAttrShape(op, key, BigInt64Array.from(shape, BigInt), shape.length, api.status);
      return api.check(`${opName}, attribute ${name}`);
    }
    case "list(int)": {
      const list = BigInt64Array.from(numbers(), (item) => BigInt(Math.trunc(item)));
      return call.TFE_OpSetAttrIntList(op, key, list, list.length);
    }
    case "list(float)": {
      const list = Float32Array.from(numbers());
      return call.TFE_OpSetAttrFloatList(op, key, list, list.length);
    }
    case "list(bool)": {
      if (!Array.isArray(value)) throw wrong("a list of true and false");
      return call.TFE_OpSetAttrBoolList(op, key, Uint8Array.from(value, Number), value.length);
    }
  }
  throw new TensorFlowError(
    3,
    definedType === undefined
      ? `${opName} has no attribute ${name}`
      : `${opName}: attribute ${name} is of type ${definedType}, which this engine does not set`,
  );
}
