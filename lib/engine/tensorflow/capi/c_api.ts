import { OutOfMemoryError } from "../../errors.ts";
import { symbols } from "./symbols.ts";
import { withoutGreeting } from "./silence_stderr.ts";

/** An error that TensorFlow itself reported, in its own words. */
export class TensorFlowError extends Error {
  override readonly name = "TensorFlowError";

  constructor(readonly code: number, message: string) {
    super(message);
  }
}

/** `TF_DataType`, as far as this engine meets it. */
export const DataType = {
  float32: 1,
  float64: 2,
  int32: 3,
  uint8: 4,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  resource: 20,
} as const;

/** Bytes an element takes. Strings are `TF_TString`s of 24 bytes. */
export const bytesPerElement: Readonly<Record<number, number>> = {
  [DataType.float32]: 4,
  [DataType.float64]: 8,
  [DataType.int32]: 4,
  [DataType.uint8]: 1,
  [DataType.string]: 24,
  [DataType.complex64]: 8,
  [DataType.int64]: 8,
  [DataType.bool]: 1,
};

export type Functions = Deno.DynamicLibrary<typeof symbols>["symbols"];

const encoder = new TextEncoder();
const cStrings = new Map<string, Uint8Array<ArrayBuffer>>();

/** `text` as the C API wants it: UTF-8 with a zero at its end. Op and attribute names recur, so they are kept. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  let bytes = cStrings.get(text);
  if (!bytes) cStrings.set(text, bytes = encoder.encode(text + "\0"));
  return bytes;
}

/** The opened library, one status object for all synchronous calls, and its check. */
export class CApi {
  readonly call: Functions;
  readonly status: Deno.PointerObject;
  readonly version: string;

  /** @param path `libtensorflow_cc`; its RUNPATH finds the framework library beside it. */
  constructor(path: string) {
    this.call = withoutGreeting(() => Deno.dlopen(path, symbols).symbols);
    this.#pin(path);
    this.status = required(this.call.TF_NewStatus());
    this.version = readCString(this.call.TF_Version());
  }

  /**
   * Keeps the library in memory for the life of the process: its threads run on while Deno closes
   * what it opened, and code that is gone under a running thread ends in a crash.
   */
  #pin(path: string): void {
    this.call.dlopen(cString(path), Deno.build.os === "darwin" ? 0x81 : 0x1001);
  }

  /** Throws what the last call with a status reported, if it failed. `what` says what was tried. */
  check(what?: string, status: Deno.PointerObject = this.status): void {
    const code = this.call.TF_GetCode(status);
    if (code === 0) return;
    const message = readCString(this.call.TF_Message(status));
    throw failure(code, what ? `${what}: ${message}` : message);
  }
}

/** `TF_Code` of what memory has no room for. */
const resourceExhausted = 8;

/** The error for a code that is not 0. */
function failure(code: number, message: string): TensorFlowError | OutOfMemoryError {
  if (code !== resourceExhausted) return new TensorFlowError(code, message);
  // What follows is the allocator's own report, over many lines.
  return new OutOfMemoryError(message.split("\n", 1)[0]!);
}

/** A pointer that the C API promises not to be null. */
export function required(pointer: Deno.PointerValue): Deno.PointerObject {
  if (pointer === null) throw new TensorFlowError(13, "the C API returned a null pointer");
  return pointer;
}

export function readCString(pointer: Deno.PointerValue): string {
  return new Deno.UnsafePointerView(required(pointer)).getCString();
}
