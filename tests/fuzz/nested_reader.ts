/** Fails for bytes that it looks at one after the other: blind changes do not find all of them. */
export function readNested(bytes: Uint8Array): void {
  if (bytes[0]! >> 4 !== 0xa) return;
  if (bytes[1]! >> 4 !== 0xb) return;
  if (bytes[2]! >> 4 !== 0xc) return;
  if (bytes[3]! >> 4 !== 0xd) return;
  if (bytes[4]! >> 4 !== 0xe) return;
  throw new TypeError("the bytes are found");
}
