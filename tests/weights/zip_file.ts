import { crc32, deflateRawSync } from "node:zlib";

/**
 * Makes a zip file of entries. They are stored as they are, as PyTorch, NumPy and Keras write it, unless
 * `compressed` is set.
 */
export function zipFile(
  entries: ReadonlyMap<string, Uint8Array>,
  { compressed = false }: { readonly compressed?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let position = 0;
  for (const [name, plain] of entries) {
    const content = compressed ? deflateRawSync(plain) : plain;
    const header = headerOf(name, plain, content);
    const central = new Uint8Array(20);
    new DataView(central.buffer).setUint32(16, position, true);
    directory.push(Uint8Array.of(0x50, 0x4b, 1, 2, 20, 0, ...header.subarray(0, 26)));
    directory.push(central.subarray(6), new TextEncoder().encode(name));
    const local = [
      Uint8Array.of(0x50, 0x4b, 3, 4),
      header,
      new TextEncoder().encode(name),
      content,
    ];
    parts.push(...local);
    position += local.reduce((sum, { length }) => sum + length, 0);
  }
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, entries.size, true);
  end.setUint16(10, entries.size, true);
  end.setUint32(12, directory.reduce((sum, { length }) => sum + length, 0), true);
  end.setUint32(16, position, true);
  return joined([...parts, ...directory, new Uint8Array(end.buffer)]);
}

/** The fields that an entry's header and its record in the directory share. */
function headerOf(name: string, plain: Uint8Array, content: Uint8Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(26));
  view.setUint16(0, 20, true);
  view.setUint16(4, content === plain ? 0 : 8, true);
  view.setUint32(10, crc32(plain), true);
  view.setUint32(14, content.length, true);
  view.setUint32(18, plain.length, true);
  view.setUint16(22, new TextEncoder().encode(name).length, true);
  return new Uint8Array(view.buffer);
}

/** Joins bytes. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
