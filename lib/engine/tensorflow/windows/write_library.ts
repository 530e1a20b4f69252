/**
 * What an exported name stands for: a function that returns 0, a variable that is 0, or a function of
 * another library (`library.name`).
 */
export type Export = "function" | "variable" | { readonly forwardTo: string };

const encoder = new TextEncoder();

/** Addresses of the sections relative to the library's, and where the file has them. */
const code = { address: 0x1000, position: 0x200, bytes: 0x200 };
const variables = { address: 0x2000, bytes: 0x1000 };
const exportTable = { address: 0x3000, position: 0x400 };
const pageBytes = 0x1000;
const fileAlignment = 0x200;

/** The functions by their offset in the section: `xor eax, eax; ret`, and `mov eax, 1; ret`. */
const returnZero = { offset: 0, bytes: [0x31, 0xc0, 0xc3] };
const returnOne = { offset: 3, bytes: [0xb8, 1, 0, 0, 0, 0xc3] };

/**
 * Writes a library for Windows on x86-64 (Portable Executable): a section with functions, one with
 * variables, and the table of what it exports. It depends on nothing and may lie at any address.
 *
 * @param name Its file name.
 */
export function writeLibrary(
  name: string,
  exports: ReadonlyMap<string, Export>,
): Uint8Array<ArrayBuffer> {
  const table = exportSection(name, exports);
  const tableBytes = roundUp(table.length, fileAlignment);
  const file = new Uint8Array(exportTable.position + tableBytes);
  for (const { offset, bytes } of [returnZero, returnOne]) file.set(bytes, code.position + offset);
  file.set(table, exportTable.position);
  writeHeaders(new DataView(file.buffer), table.length, tableBytes);
  return file;
}

/** The headers, field by field in the order of `winnt.h`; what is not named stays 0. */
function writeHeaders(view: DataView, tableLength: number, tableBytes: number): void {
  const [dos, optionalBytes] = [64, 240];
  view.setUint16(0, 0x4d5a); // "MZ"
  view.setUint32(0x3c, dos, true);
  view.setUint32(dos, 0x50450000); // "PE"
  const header = dos + 4; // IMAGE_FILE_HEADER
  view.setUint16(header, 0x8664, true); // x86-64
  view.setUint16(header + 2, 3, true); // sections
  view.setUint16(header + 16, optionalBytes, true);
  view.setUint16(header + 18, 0x2022, true); // executable, large addresses, library
  const optional = header + 20; // IMAGE_OPTIONAL_HEADER64
  view.setUint16(optional, 0x20b, true);
  view.setUint32(optional + 4, code.bytes, true);
  view.setUint32(optional + 8, tableBytes, true); // initialized data
  view.setUint32(optional + 12, variables.bytes, true); // other data
  // What the loader calls as the library is loaded says that it may.
  view.setUint32(optional + 16, code.address + returnOne.offset, true);
  view.setUint32(optional + 20, code.address, true);
  view.setBigUint64(optional + 24, 0x1_8000_0000n, true); // preferred address
  view.setUint32(optional + 32, pageBytes, true);
  view.setUint32(optional + 36, fileAlignment, true);
  view.setUint16(optional + 40, 6, true); // Windows Vista or newer
  view.setUint16(optional + 48, 6, true);
  view.setUint32(optional + 56, exportTable.address + roundUp(tableLength, pageBytes), true);
  view.setUint32(optional + 60, code.position, true); // bytes of headers
  view.setUint16(optional + 68, 2, true); // subsystem
  view.setUint16(optional + 70, 0x160, true); // any address, data is not executed
  for (const [index, bytes] of [2 ** 20, 2 ** 12, 2 ** 20, 2 ** 12].entries()) { // stack, heap
    view.setBigUint64(optional + 72 + index * 8, BigInt(bytes), true);
  }
  view.setUint32(optional + 108, 16, true); // directories
  view.setUint32(optional + 112, exportTable.address, true);
  view.setUint32(optional + 116, tableLength, true);
  const rows = [
    [".text", code.bytes, code.address, code.bytes, code.position, 0x6000_0020], // read, execute
    [".data", variables.bytes, variables.address, 0, 0, 0xc000_0080], // read, write
    [".edata", tableLength, exportTable.address, tableBytes, exportTable.position, 0x4000_0040], // read
  ] as const;
  rows.forEach(([name, length, address, bytes, position, flags], index) => {
    const row = optional + optionalBytes + index * 40; // IMAGE_SECTION_HEADER
    new Uint8Array(view.buffer).set(encoder.encode(name), row);
    [length, address, bytes, position].forEach((value, field) =>
      view.setUint32(row + 8 + field * 4, value, true)
    );
    view.setUint32(row + 36, flags, true);
  });
}

/** `IMAGE_EXPORT_DIRECTORY`, its three lists, then the texts. */
function exportSection(
  library: string,
  exports: ReadonlyMap<string, Export>,
): Uint8Array<ArrayBuffer> {
  // The loader searches the names by halving.
  const entries = [...exports].sort(([one], [other]) => one < other ? -1 : 1);
  const [functions, count] = [40, entries.length];
  const [names, numbers] = [functions + count * 4, functions + count * 8];
  const texts: number[] = [];
  const addText = (text: string): number => {
    const address = exportTable.address + numbers + count * 2 + texts.length;
    texts.push(...encoder.encode(`${text}\0`));
    return address;
  };
  const lists = new DataView(new ArrayBuffer(numbers + count * 2));
  lists.setUint32(12, addText(library), true);
  lists.setUint32(16, 1, true); // the first number
  lists.setUint32(20, count, true);
  lists.setUint32(24, count, true);
  [functions, names, numbers].forEach((list, index) =>
    lists.setUint32(28 + index * 4, exportTable.address + list, true)
  );
  entries.forEach(([name, target], index) => {
    const address = target === "function"
      ? code.address + returnZero.offset
      : target === "variable"
      ? variables.address
      // An address in this table is that of a text.
      : addText(target.forwardTo);
    lists.setUint32(functions + index * 4, address, true);
    lists.setUint32(names + index * 4, addText(name), true);
    lists.setUint16(numbers + index * 2, index, true);
  });
  return Uint8Array.from([...new Uint8Array(lists.buffer), ...texts]);
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
