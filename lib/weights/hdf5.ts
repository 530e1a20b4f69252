import type { File } from "h5wasm";

/** An open HDF5 file. `using` closes it. */
export interface Hdf5File extends Disposable {
  readonly file: File;
}

/** What this module uses of the file system in which libhdf5 lives, Emscripten's. */
interface FileSystem {
  createFile(parent: string, name: string, properties: object, read: boolean, write: boolean): Node;
  unlink(path: string): void;
  getStream(number: number): { tty: { ops: object } };
}

interface Node {
  usedBytes: number;
  stream_ops: object;
}

type Library = typeof import("h5wasm").default & { readonly fileSystem: FileSystem };

let library: Promise<Library> | undefined;
let opened = 0;

/**
 * Opens an HDF5 file by libhdf5 in WebAssembly, which sees this file alone and holds no copy of it.
 *
 * @throws {TypeError} Where libhdf5 cannot open it.
 */
export async function openHdf5(path: string): Promise<Hdf5File> {
  const hdf5 = await (library ??= loadLibrary());
  const { fileSystem } = hdf5;
  const source = await Deno.open(path);
  const name = `${++opened}.h5`;
  const node = fileSystem.createFile("/", name, {}, true, false);
  node.usedBytes = (await source.stat()).size;
  node.stream_ops = { ...node.stream_ops, read: reader(source) };
  const release = (): void => {
    fileSystem.unlink(name);
    source.close();
  };
  try {
    const file = new hdf5.File(name, "r");
    return {
      file,
      [Symbol.dispose]: () => {
        file.close();
        release();
      },
    };
  } catch {
    release();
    throw new TypeError("HDF5 cannot open it");
  }
}

async function loadLibrary(): Promise<Library> {
  const { default: hdf5 } = await import("h5wasm");
  const { FS } = await hdf5.ready;
  const fileSystem = FS as unknown as FileSystem;
  // It tells of every damage at length, beside the error that it gives.
  const { tty } = fileSystem.getStream(2);
  tty.ops = { ...tty.ops, put_char: () => {}, fsync: () => {} };
  return Object.assign(hdf5, { fileSystem });
}

/** Copies `length` bytes of a file from `position` on into libhdf5's memory, and says how many there were. */
type Read = (
  stream: unknown,
  heap: Int8Array,
  offset: number,
  length: number,
  position: number,
) => number;

function reader(source: Deno.FsFile): Read {
  return (_, heap, offset, length, position) => {
    source.seekSync(position, Deno.SeekMode.Start);
    const into = new Uint8Array(heap.buffer, heap.byteOffset + offset, length);
    for (let got = 0; got < length;) {
      const count = source.readSync(into.subarray(got));
      if (count === null) return got;
      got += count;
    }
    return length;
  };
}
