import type { Image } from "../dataset.ts";

/** Decodes a Windows bitmap, which sharp does not read. Its header must have been checked. */
export async function decodeBitmap(bytes: Uint8Array): Promise<Image> {
  const { createCanvas, loadImage } = await import("@napi-rs/canvas");
  const bitmap = await loadImage(bytes);
  const { width, height } = bitmap;
  const context = createCanvas(width, height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const rgba = context.getImageData(0, 0, width, height).data;
  const data = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    data.set(rgba.subarray(pixel * 4, pixel * 4 + 3), pixel * 3);
  }
  return { width, height, data };
}
