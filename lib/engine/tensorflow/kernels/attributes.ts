import { AttributeType, type OpAttribute } from "../capi/attributes.ts";
import { DataType } from "../capi/c_api.ts";

// Short constructors of op attributes.

export const typeOf = (name: string, type: keyof typeof DataType): OpAttribute => ({
  name,
  type: AttributeType.type,
  value: DataType[type],
});

export const float32 = typeOf("T", "float32");

export const text = (name: string, value: string | readonly string[]): OpAttribute => ({
  name,
  type: AttributeType.string,
  value,
});

export const flag = (name: string, value: boolean): OpAttribute => ({
  name,
  type: AttributeType.bool,
  value,
});

export const float = (name: string, value: number): OpAttribute => ({
  name,
  type: AttributeType.float,
  value,
});

export const integer = (name: string, value: number | readonly number[]): OpAttribute => ({
  name,
  type: AttributeType.int,
  value,
});
