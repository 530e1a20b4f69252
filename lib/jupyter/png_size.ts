/** Pixels a metre of images that are shown as large as they are: 72 an inch. */
const plainDensity = 72 / 0.0254;

/**
 * How large a PNG file in base 64 is to be shown, in pixels of the page: its own measures, divided
 * by how dense its pixels are said to be.
 */
export function pngSize(base64: string): { width: number; height: number } {
  // What is looked for stands before the pixels.
  const bytes = Uint8Array.fromBase64(base64.slice(0, 4000));
  const view = new DataView(bytes.buffer);
  const scale = Math.max(1, density(view) / plainDensity);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  return { width: Math.round(width / scale), height: Math.round(height / scale) };
}

/** Pixels a metre, as the chunk `pHYs` says; 0 where it is missing. */
function density(view: DataView): number {
  // Of each chunk: the data's length, its type, the data, four bytes of check.
  for (let at = 8; at + 16 <= view.byteLength; at += 12 + view.getUint32(at)) {
    const type = String.fromCharCode(...[4, 5, 6, 7].map((byte) => view.getUint8(at + byte)));
    if (type === "pHYs") return view.getUint32(at + 8);
    if (type === "IDAT") break;
  }
  return 0;
}
