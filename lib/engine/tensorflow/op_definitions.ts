import protobuf from "protobufjs";
import { type CApi, cString, required } from "./c_api.ts";

/** The part of TensorFlow's `op_def.proto` that says how an op is called. */
const schema = `
syntax = "proto3";
message OpDef {
  message ArgDef { string name = 1; int32 type = 3; string type_attr = 4; string number_attr = 5; string type_list_attr = 6; }
  message AttrDef { string name = 1; string type = 2; }
  string name = 1;
  repeated ArgDef input_arg = 2;
  repeated AttrDef attr = 4;
}`;

/** How an op is called: which inputs are lists (and which attribute counts them), and each attribute's type. */
export interface OpDefinition {
  readonly inputs: readonly { name: string; list: boolean; countedBy?: string }[];
  readonly attributes: ReadonlyMap<string, string>;
}

interface DecodedOpDef {
  inputArg?: { name: string; numberAttr?: string; typeListAttr?: string }[];
  attr?: { name: string; type: string }[];
}

/** Reads op definitions from the library, one at a time as they are asked for. */
export class OpDefinitions {
  readonly #api: CApi;
  readonly #graph: Deno.PointerObject;
  readonly #message = protobuf.parse(schema).root.lookupType("OpDef");
  readonly #known = new Map<string, OpDefinition>();

  constructor(api: CApi) {
    this.#api = api;
    this.#graph = required(api.call.TF_NewGraph());
  }

  /** Throws TensorFlow's own error where there is no such op. */
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
      const view = new Deno.UnsafePointerView(buffer);
      const bytes = new Uint8Array(Number(view.getBigUint64(8)));
      call.copyOut(bytes, view.getPointer(0), BigInt(bytes.length));
      const decoded = this.#message.toObject(this.#message.decode(bytes)) as DecodedOpDef;
      return {
        inputs: (decoded.inputArg ?? []).map(({ name, numberAttr, typeListAttr }) => ({
          name,
          list: Boolean(numberAttr || typeListAttr),
          ...(numberAttr ? { countedBy: numberAttr } : {}),
        })),
        attributes: new Map((decoded.attr ?? []).map(({ name, type }) => [name, type])),
      };
    } finally {
      call.TF_DeleteBuffer(buffer);
    }
  }
}
