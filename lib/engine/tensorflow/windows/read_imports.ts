import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** A library that a Windows program or library needs, with the names that it takes from it. */
export interface ImportedLibrary {
  readonly library: string;
  readonly names: readonly string[];
}

/** A section: where the linker put a part of the file in memory. */
interface Section {
  readonly address: number;
  readonly bytes: number;
  /** Its position in the file. */
  readonly position: number;
}

/** `IMAGE_NT_OPTIONAL_HDR64_MAGIC`: the only kind that is read. */
const magic64 = 0x20b;
/** The sizes of `IMAGE_DOS_HEADER`, of the signature with `IMAGE_FILE_HEADER`, and of `IMAGE_SECTION_HEADER`. */
const [dosBytes, fileHeaderBytes, sectionBytes] = [64, 24, 40];
/** Where `IMAGE_OPTIONAL_HEADER64` has the address of the import table. */
const importEntry = 112 + 8;
/** The size of `IMAGE_IMPORT_DESCRIPTOR`, one for each library. */
const descriptorBytes = 20;
/** The maximum length of a name. */
const maxNameBytes = 512;

/**
 * Reads the import table of a 64-bit Windows library (Portable Executable). Only the needed parts of the
 * file are read, as TensorFlow's has a gigabyte. Names that are imported by number are left out.
 *
 * @throws {Error} If the file is not such a library, or is damaged.
 */
export function readImports(path: string): ImportedLibrary[] {
  const file = openSync(path, "r");
  try {
    return importsOf(path, file);
  } finally {
    closeSync(file);
  }
}

function importsOf(path: string, file: number): ImportedLibrary[] {
  const read = (position: number, length: number): DataView => readPart(file, position, length);
  const dos = read(0, dosBytes);
  const header = dos.getUint16(0) === 0x4d5a ? dos.getUint32(0x3c, true) : Infinity; // "MZ"
  const { size } = fstatSync(file);
  if (header > size - fileHeaderBytes) throw new Error(`${path} is not a Windows library`);
  const fileHeader = read(header, fileHeaderBytes);
  const optional = read(header + fileHeaderBytes, fileHeader.getUint16(20, true));
  const isLibrary = fileHeader.getUint32(0) === 0x50450000 && // "PE"
    optional.byteLength >= importEntry + 8 && optional.getUint16(0, true) === magic64;
  if (!isLibrary) throw new Error(`${path} is not a 64-bit Windows library`);
  const count = fileHeader.getUint16(6, true);
  const table = read(header + fileHeaderBytes + optional.byteLength, count * sectionBytes);
  const memory = new Memory(read, sectionsOf(table, count));
  return importsAt(optional.getUint32(importEntry, true), memory);
}

function sectionsOf(table: DataView, count: number): Section[] {
  return Array.from({ length: count }, (_, index) => ({
    address: table.getUint32(index * sectionBytes + 12, true),
    bytes: table.getUint32(index * sectionBytes + 16, true),
    position: table.getUint32(index * sectionBytes + 20, true),
  }));
}

function importsAt(table: number, memory: Memory): ImportedLibrary[] {
  const imports: ImportedLibrary[] = [];
  if (table === 0) return imports;
  for (let at = table;; at += descriptorBytes) {
    const descriptor = memory.read(at, descriptorBytes);
    const name = descriptor.getUint32(12, true);
    if (name === 0) return imports;
    // A linker may leave out the first list, which the loader does not overwrite.
    const list = descriptor.getUint32(0, true) || descriptor.getUint32(16, true);
    imports.push({ library: memory.text(name), names: namesAt(list, memory) });
  }
}

/** The names of one library: addresses of 64 bits, whose highest bit marks a number instead. */
function namesAt(list: number, memory: Memory): string[] {
  const names: string[] = [];
  for (let at = list;; at += 8) {
    const entry = memory.read(at, 8).getBigUint64(0, true);
    if (entry === 0n) return names;
    // A hint of two bytes comes before the name.
    if (entry >> 63n === 0n) names.push(memory.text(Number(entry) + 2));
  }
}

/** The library as it is laid out in memory, read from the file by addresses. */
class Memory {
  constructor(
    private readonly readFile: (position: number, length: number) => DataView,
    private readonly sections: readonly Section[],
  ) {}

  read(address: number, length: number): DataView {
    return this.readFile(this.find(address, length).position, length);
  }

  /** Zero-terminated ASCII. */
  text(address: number): string {
    const { position, left } = this.find(address, 1);
    const view = this.readFile(position, Math.min(left, maxNameBytes));
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    const end = bytes.indexOf(0);
    if (end < 0) throw new Error(`a name at address ${address} of the library has no end`);
    return new TextDecoder().decode(bytes.subarray(0, end));
  }

  /** The position in the file, and how many bytes of the section follow. */
  private find(address: number, length: number): { position: number; left: number } {
    for (const section of this.sections) {
      const offset = address - section.address;
      if (offset < 0 || offset + length > section.bytes) continue;
      return { position: section.position + offset, left: section.bytes - offset };
    }
    throw new Error(`address ${address} is in no section of the library`);
  }
}

function readPart(file: number, position: number, length: number): DataView {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const count = readSync(file, bytes, done, length - done, position + done);
    if (count === 0) throw new Error("the library ends early");
    done += count;
  }
  return new DataView(bytes.buffer);
}
