/** The number of arguments that a function can have is limited. */
const bytesAtOnce = 8192;

/** Reads the basic values of a pickle from bytes, and never beyond their end. */
export class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  byte(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  uint64(): number {
    const value = this.#view.getBigUint64(this.#take(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError("a length is out of range");
    return Number(value);
  }

  /** Big-endian, unlike the integers. */
  float64(): number {
    return this.#view.getFloat64(this.#take(8));
  }

  /** An integer in two's complement; a large one is a `bigint`. */
  long(length: number): number | bigint {
    let value = 0n;
    const bytes = this.bytes(length);
    // Longer ones stand for nothing that is read, and would take quadratic time.
    if (length > 64) throw new RangeError("an integer is out of range");
    for (let at = length - 1; at >= 0; at--) value = value << 8n | BigInt(bytes[at]!);
    const signed = BigInt.asIntN(8 * length, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  /** A view of the bytes. */
  bytes(length: number): Uint8Array {
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  text(length: number): string {
    return new TextDecoder().decode(this.bytes(length));
  }

  /** The text before the next line feed, in Latin-1. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#position);
    if (end < 0) throw new RangeError("a line has no end");
    let text = "";
    while (this.#position < end) {
      const bytes = this.bytes(Math.min(bytesAtOnce, end - this.#position));
      text += String.fromCharCode(...bytes);
    }
    this.#take(1);
    return text;
  }

  /** Moves on, and returns the position before. */
  #take(length: number): number {
    const start = this.#position;
    if (!(length >= 0 && start + length <= this.#bytes.length)) {
      throw new RangeError("the pickle ends early");
    }
    this.#position = start + length;
    return start;
  }
}
