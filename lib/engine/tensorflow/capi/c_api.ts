import {
  cStringAt,
  type LibraryFunctions,
  onProcessEnd,
  openLibrary,
  type Pointer,
} from "../../../open_library.ts";
import { LibraryError, OutOfMemoryError } from "../../errors.ts";
import { withStderrSilenced } from "./silence_stderr.ts";
import { symbols } from "./symbols.ts";

/** An error that TensorFlow reported, or would have ended the process for; `code` is a `TF_Code`. */
export class TensorFlowError extends Error {
  override readonly name = "TensorFlowError";

  constructor(readonly code: number, message: string) {
    super(message);
  }
}

/** `TF_DataType`, as far as this engine uses it. */
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

/** Bytes per element. Strings are `TF_TString`s of 24 bytes. */
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

export type Functions = LibraryFunctions<typeof symbols>;

const encoder = new TextEncoder();
const cStrings = new Map<string, Uint8Array<ArrayBuffer>>();

/** `text` in zero-terminated UTF-8. The result is cached, as names of ops and attributes recur. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  let bytes = cStrings.get(text);
  if (!bytes) cStrings.set(text, bytes = encoder.encode(text + "\0"));
  return bytes;
}

/** TensorFlow's opened library, with one status object for all synchronous calls. */
export class CApi {
  readonly call: Functions;
  readonly status: Pointer;
  readonly version: string;

  /**
   * @param path `libtensorflow_cc`; its RUNPATH finds the framework library beside it.
   * @throws {LibraryError} If the file is not such a library.
   */
  constructor(path: string) {
    this.call = withStderrSilenced(() => openTensorFlow(path));
    this.#pin(path);
    this.#skipDestructors();
    // TensorFlow registers more destructors while it computes. Handlers are called last in, first out.
    onProcessEnd(() => this.#skipDestructors());
    this.status = required(this.call.TF_NewStatus());
    this.version = readCString(this.call.TF_Version());
  }

  /**
   * Keeps the library loaded for the life of the process (`RTLD_NODELETE`). Its threads still run when
   * Deno closes libraries at exit, and would crash if their code were unloaded.
   */
  #pin(path: string): void {
    this.call.dlopen(cString(path), Deno.build.os === "darwin" ? 0x81 : 0x1001);
  }

  /**
   * Ends the process without the destructors of TensorFlow's library: a step that still runs on another
   * thread would crash in them. glibc gives the handler the status of the exit.
   */
  #skipDestructors(): void {
    this.call.on_exit?.(this.call.dlsym(null, cString("_exit")), null);
  }

  /**
   * Throws if the last call with a status failed.
   *
   * @param what What was tried, for the message.
   * @throws {TensorFlowError} With TensorFlow's code and message.
   * @throws {OutOfMemoryError} If memory was exhausted.
   */
  check(what?: string, status: Pointer = this.status): void {
    const code = this.call.TF_GetCode(status);
    if (code === 0) return;
    const message = readCString(this.call.TF_Message(status));
    throw failure(code, what ? `${what}: ${message}` : message);
  }
}

function openTensorFlow(path: string): Functions {
  try {
    return openLibrary(path, symbols).symbols;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const reason = (error as Error).message.split("\n", 1)[0]!;
    throw new LibraryError(`${path} is not TensorFlow's library: ${reason}`);
  }
}

/** `TF_RESOURCE_EXHAUSTED`. */
const resourceExhausted = 8;

function failure(code: number, message: string): TensorFlowError | OutOfMemoryError {
  if (code !== resourceExhausted) return new TensorFlowError(code, message);
  // The allocator's report follows on many more lines.
  return new OutOfMemoryError(message.split("\n", 1)[0]!);
}

/**
 * Asserts that a pointer is not null, as the C API promises.
 *
 * @throws {TensorFlowError} If it is null.
 */
export function required(pointer: Pointer | null): Pointer {
  if (pointer === null) throw new TensorFlowError(13, "the C API returned a null pointer");
  return pointer;
}

/** Copies zero-terminated UTF-8 from memory. */
export function readCString(pointer: Pointer | null): string {
  return cStringAt(required(pointer));
}
