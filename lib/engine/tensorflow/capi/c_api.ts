import { cStringAt, type Pointer } from "../../../open_library.ts";
import { OutOfMemoryError } from "../../errors.ts";
import { type Functions, openTensorFlow } from "./open_tensorflow.ts";

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

/** TensorFlow's opened library, with one status object for all synchronous calls. */
export class CApi {
  readonly call: Functions;
  readonly status: Pointer;
  readonly version: string;

  /**
   * @param path The library's path.
   * @throws {LibraryError} If the file is not such a library.
   */
  constructor(path: string) {
    this.call = openTensorFlow(path);
    this.status = required(this.call.TF_NewStatus());
    this.version = readCString(this.call.TF_Version());
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
