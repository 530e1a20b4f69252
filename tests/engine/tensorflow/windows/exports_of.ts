/** Reads the names that a 64-bit Windows library exports, each with the section that it lies in. */
export function exportsOf(bytes: Uint8Array<ArrayBuffer>): Record<string, string> {
  const view = new DataView(bytes.buffer);
  const at = (position: number): number => view.getUint32(position, true);
  const header = at(0x3c);
  const optionalBytes = view.getUint16(header + 20, true);
  const sections = Array.from({ length: view.getUint16(header + 6, true) }, (_, index) => {
    const row = header + 24 + optionalBytes + index * 40;
    return { name: text(row), bytes: at(row + 8), address: at(row + 12), position: at(row + 20) };
  });
  const sectionOf = (address: number): typeof sections[number] =>
    sections.find((each) => address >= each.address && address < each.address + each.bytes)!;
  const position = (address: number): number => {
    const section = sectionOf(address);
    return address - section.address + section.position;
  };
  const table = position(at(header + 24 + 112));
  const [functions, names, numbers] = [28, 32, 36].map((field) => position(at(table + field)));
  return Object.fromEntries(
    Array.from({ length: at(table + 24) }, (_, index) => {
      const number = view.getUint16(numbers! + index * 2, true);
      const target = at(functions! + number * 4);
      const { name } = sectionOf(target);
      const isForward = name === ".edata";
      return [text(position(at(names! + index * 4))), isForward ? text(position(target)) : name];
    }),
  );

  function text(start: number): string {
    return new TextDecoder().decode(bytes.subarray(start, bytes.indexOf(0, start)));
  }
}
