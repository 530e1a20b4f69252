import protobuf from "protobufjs";
import { type Pointer, pointerTo } from "../../../open_library.ts";
import type { OpAttribute } from "./attributes.ts";
import { type CApi, required, TensorFlowError } from "./c_api.ts";
import { cString } from "./c_string.ts";
import { requireItems } from "./validate.ts";

/** The part of TensorFlow's `op_def.proto` that describes calls. */
const schema = `
syntax = "proto3";
message OpDef {
  message ArgDef { string name = 1; int32 type = 3; string type_attr = 4; string number_attr = 5; string type_list_attr = 6; }
  message AttrDef { string name = 1; string type = 2; }
  string name = 1;
  repeated ArgDef input_arg = 2;
  repeated AttrDef attr = 4;
}`;

/** An input of an op. */
export interface OpInput {
  readonly name: string;
  readonly list: boolean;
  /** The attribute with the length of the list. */
  readonly countedBy?: string;
  /** The attribute with the input's type, unless the type is fixed. */
  readonly typedBy?: string;
}

/** The inputs and attributes of an op. */
export interface OpDefinition {
  readonly inputs: readonly OpInput[];
  /** Types by name, as TensorFlow writes them: `int`, `list(float)`. */
  readonly attributes: ReadonlyMap<string, string>;
}

interface DecodedOpDef {
  inputArg?: { name: string; typeAttr?: string; numberAttr?: string; typeListAttr?: string }[];
  attr?: { name: string; type: string }[];
}

/** Reads op definitions from the library, each when it is first needed. */
export class OpDefinitions {
  readonly #api: CApi;
  readonly #graph: Pointer;
  readonly #message = protobuf.parse(schema).root.lookupType("OpDef");
  readonly #known = new Map<string, OpDefinition>();

  constructor(api: CApi) {
    this.#api = api;
    this.#graph = required(api.call.TF_NewGraph());
  }

  /** @throws {TensorFlowError} If there is no such op. */
  get(op: string): OpDefinition {
    let definition = this.#known.get(op);
    if (!definition) this.#known.set(op, definition = this.#read(op));
    return definition;
  }

  #read(op: string): OpDefinition {
    const { call, status } = this.#api;
    const buffer = required(call.TF_NewBuffer());
    try {
      call.TF_GraphGetOpDef(this.#graph, cString(op), buffer, status);
      this.#api.check(op);
      // TF_Buffer is { const void* data; size_t length; … }.
      const fields = new BigUint64Array(2);
      call.copyOut(fields, buffer, BigInt(fields.byteLength));
      const [data = 0n, length = 0n] = fields;
      const bytes = new Uint8Array(Number(length));
      call.copyOut(bytes, pointerTo(data), length);
      const decoded = this.#message.toObject(this.#message.decode(bytes)) as DecodedOpDef;
      return {
        inputs: (decoded.inputArg ?? []).map(({ name, typeAttr, numberAttr, typeListAttr }) => ({
          name,
          list: Boolean(numberAttr || typeListAttr),
          ...(numberAttr ? { countedBy: numberAttr } : {}),
          ...(typeAttr ? { typedBy: typeAttr } : {}),
        })),
        attributes: new Map((decoded.attr ?? []).map(({ name, type }) => [name, type])),
      };
    } finally {
      call.TF_DeleteBuffer(buffer);
    }
  }
}

/** The tensors for one argument of an op: one, or a list of any length. */
export interface InputGroup<Item> extends Omit<OpInput, "name"> {
  readonly argument: string;
  readonly items: readonly Item[];
}

/**
 * Assigns the inputs of a call to the op's arguments.
 *
 * @throws {TensorFlowError} If there are more or fewer than the op takes, or none for a list that gets
 *   its type from its items.
 */
export function groupInputs<Item>(
  op: string,
  { inputs: defined }: OpDefinition,
  attributes: readonly OpAttribute[],
  inputs: readonly Item[],
): InputGroup<Item>[] {
  let next = 0;
  const groups = defined.map(({ name: argument, ...input }, position) => {
    const counted = attributes.find(({ name }) => name === input.countedBy)?.value;
    const rest = inputs.length - next - (defined.length - 1 - position);
    const count = !input.list ? 1 : typeof counted === "number" ? counted : rest;
    const items = inputs.slice(next, next += count);
    if (input.countedBy && input.typedBy) requireItems(op, argument, items);
    if (items.length < count) throw wrongCount(op, `${defined.length}`, inputs.length);
    return { ...input, argument, items };
  });
  if (next !== inputs.length) throw wrongCount(op, `${next}`, inputs.length);
  return groups;
}

function wrongCount(op: string, taken: string, received: number): TensorFlowError {
  const invalidArgument = 3;
  return new TensorFlowError(invalidArgument, `${op} takes ${taken} inputs. Received: ${received}`);
}
