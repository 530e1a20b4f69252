/** Of a PNG file in base 64: its width and height, divided by how many times too large it is. */
export function pngSize(base64: string, scale = 1): { width: number; height: number } {
  // 24 bytes: the signature, and the first chunk up to both measures.
  const header = new DataView(Uint8Array.fromBase64(base64.slice(0, 32)).buffer);
  return { width: header.getUint32(16) / scale, height: header.getUint32(20) / scale };
}
