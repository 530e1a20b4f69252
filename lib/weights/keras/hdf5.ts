import type { File } from "h5wasm";
import { replaceFileBy } from "../../files/replace_file.ts";
import { WeightsError } from "../errors.ts";
import { type FilePart, openPart, type ReadBytes, readerOf } from "./hdf5_bytes.ts";

/** An open HDF5 file. `using` closes it. */
export interface Hdf5File extends Disposable {
  readonly file: File;
  /** Its length in bytes. */
  readonly size: number;
}

/** The part used here of Emscripten's file system, which libhdf5 reads and writes. */
interface FileSystem {
  createFile(parent: string, name: string, properties: object, read: boolean, write: boolean): Node;
  unlink(path: string): void;
  getStream(number: number): { tty: { ops: object } };
}

interface Node {
  usedBytes: number;
  stream_ops: object;
  node_ops: object;
}

type Library = typeof import("h5wasm").default & { readonly fileSystem: FileSystem };

let library: Promise<Library> | undefined;
let opened = 0;

/**
 * Opens an HDF5 file with libhdf5 in WebAssembly, which can access only this file and does not copy it into
 * memory.
 *
 * @throws {WeightsError} If libhdf5 cannot open it.
 */
export async function openHdf5(part: FilePart): Promise<Hdf5File> {
  const hdf5 = await (library ??= loadLibrary());
  const source = await openPart(part);
  const { size } = source;
  const name = mount(hdf5, source.read, size);
  const release = (): void => {
    hdf5.fileSystem.unlink(name);
    source[Symbol.dispose]();
  };
  try {
    const file = new hdf5.File(name, "r");
    if (file.file_id < 0) throw new Error("libhdf5 failed");
    return {
      file,
      size,
      [Symbol.dispose]: () => {
        file.close();
        release();
      },
    };
  } catch {
    release();
    throw new WeightsError("HDF5 cannot open it");
  }
}

/**
 * Writes an HDF5 file atomically.
 *
 * @param fill Writes the content of the new file.
 */
export async function writeHdf5(path: string, fill: (file: File) => Promise<void>): Promise<void> {
  const hdf5 = await (library ??= loadLibrary());
  await replaceFileBy(path, async (target) => {
    const name = mount(hdf5, readerOf(target), 0, target);
    try {
      const file = new hdf5.File(name, "w");
      try {
        await fill(file);
      } finally {
        file.close();
      }
    } finally {
      hdf5.fileSystem.unlink(name);
    }
  });
}

/** Makes bytes accessible to libhdf5, and lets it write to `target`; returns their name there. */
function mount(
  { fileSystem }: Library,
  read: ReadBytes,
  size: number,
  target?: Deno.FsFile,
): string {
  const name = `${++opened}.h5`;
  const node = fileSystem.createFile("/", name, {}, true, true);
  node.usedBytes = size;
  node.stream_ops = {
    ...node.stream_ops,
    read: reader(read, node),
    ...(target ? { write: writer(target, node) } : {}),
  };
  // libhdf5 truncates a file before it writes it, which must not change the file outside.
  node.node_ops = { ...node.node_ops, setattr: () => {} };
  return name;
}

async function loadLibrary(): Promise<Library> {
  const { default: hdf5 } = await import("h5wasm");
  const { FS } = await hdf5.ready;
  const fileSystem = FS as unknown as FileSystem;
  // libhdf5 prints long messages to stderr in addition to its errors.
  const { tty } = fileSystem.getStream(2);
  tty.ops = { ...tty.ops, put_char: () => {}, fsync: () => {} };
  return Object.assign(hdf5, { fileSystem });
}

/** Copies `length` bytes between a file at `position` and libhdf5's memory; returns the number copied. */
type Copy = (
  stream: unknown,
  heap: Int8Array,
  offset: number,
  length: number,
  position: number,
) => number;

function reader(read: ReadBytes, node: Node): Copy {
  return (_, heap, offset, length, position) => {
    const wanted = Math.max(0, Math.min(length, node.usedBytes - position));
    return read(new Uint8Array(heap.buffer, heap.byteOffset + offset, wanted), position);
  };
}

function writer(target: Deno.FsFile, node: Node): Copy {
  return (_, heap, offset, length, position) => {
    target.seekSync(position, Deno.SeekMode.Start);
    const from = new Uint8Array(heap.buffer, heap.byteOffset + offset, length);
    for (let written = 0; written < length;) written += target.writeSync(from.subarray(written));
    node.usedBytes = Math.max(node.usedBytes, position + length);
    return length;
  };
}
