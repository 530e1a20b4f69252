/** An HDF5 file, which may be a part of another file, such as an entry of a zip file. */
export interface FilePart {
  readonly path: string;
  /** Where the part begins, in bytes. Default 0. */
  readonly position?: number;
  /** The length of the part in bytes. Default: to the end of the file. */
  readonly size?: number;
  /** The part itself, where the file holds it compressed; then the file is not read. */
  readonly content?: Uint8Array<ArrayBuffer>;
}

/** Reads bytes from a position into all of an array; returns their number, less only at the end. */
export type ReadBytes = (into: Uint8Array, position: number) => number;

/** The bytes of an open {@linkcode FilePart}. `using` closes its file. */
export interface PartBytes extends Disposable {
  readonly size: number;
  readonly read: ReadBytes;
}

export async function openPart(
  { path, position: start = 0, size, content }: FilePart,
): Promise<PartBytes> {
  if (content) {
    const read: ReadBytes = (into, position) => {
      const bytes = content.subarray(position, position + into.length);
      into.set(bytes);
      return bytes.length;
    };
    return { size: content.length, read, [Symbol.dispose]: () => {} };
  }
  const file = await Deno.open(path);
  const read = readerOf(file);
  return {
    size: size ?? (await file.stat()).size - start,
    read: (into, position) => read(into, start + position),
    [Symbol.dispose]: () => file.close(),
  };
}

/** Returns a reader of an open file. */
export function readerOf(file: Deno.FsFile): ReadBytes {
  return (into, position) => {
    file.seekSync(position, Deno.SeekMode.Start);
    let done = 0;
    while (done < into.length) {
      const count = file.readSync(into.subarray(done));
      if (count === null) break;
      done += count;
    }
    return done;
  };
}
