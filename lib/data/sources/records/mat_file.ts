import { MatlabError, type MatlabValue, readMatlab } from "../../../files/matlab.ts";
import { DataError } from "../../errors.ts";
import { readBytes } from "../read_file.ts";

/** The variables of a MAT file of a data set. */
export class MatFile {
  constructor(readonly file: string, readonly variables: ReadonlyMap<string, MatlabValue>) {}

  /**
   * The numbers of an array, with the lengths of its axes; the first axis is the fastest.
   *
   * @throws {DataError} If the variable is missing or holds anything else.
   */
  numbers(name: string): { readonly shape: readonly number[]; readonly values: ArrayLike<number> } {
    const value = this.variables.get(name);
    if (value?.kind === "numbers") return value;
    throw this.#wrong(name, "numbers", value);
  }

  /**
   * An array of bytes, with the lengths of its axes; the first axis is the fastest.
   *
   * @throws {DataError} If the variable is missing or holds anything else.
   */
  bytes(name: string): { readonly shape: readonly number[]; readonly values: Uint8Array } {
    const { shape, values } = this.numbers(name);
    if (values instanceof Uint8Array) return { shape, values };
    throw this.#wrong(name, "bytes", this.variables.get(name));
  }

  /**
   * The texts in cells.
   *
   * @throws {DataError} If the variable is missing or holds anything else.
   */
  texts(name: string): string[] {
    const value = this.variables.get(name);
    const texts = value?.kind === "cells"
      ? value.cells.flatMap((cell) => cell.kind === "text" ? [cell.text] : [])
      : [];
    if (value?.kind === "cells" && texts.length === value.cells.length) return texts;
    throw this.#wrong(name, "cells of text", value);
  }

  #wrong(name: string, must: string, value: MatlabValue | undefined): DataError {
    return new DataError(
      `${this.file} must hold ${name}, ${must}. Received: ${
        value?.kind ?? ([...this.variables.keys()].slice(0, 5).join(", ") || "no variables")
      }`,
    );
  }
}

/**
 * Reads a MAT file of a data set.
 *
 * @throws {DataError} If it is missing, damaged, or of version 7.3.
 */
export async function readMatFile(file: string): Promise<MatFile> {
  const bytes = await readBytes(file);
  try {
    return new MatFile(file, readMatlab(bytes));
  } catch (error) {
    if (!(error instanceof MatlabError)) throw error;
    throw new DataError(`${file} cannot be read: ${error.message}`);
  }
}
