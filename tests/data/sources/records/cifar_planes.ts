/** The bytes of CIFAR's images, each of three planes that are filled with one value. */
export function planes(...images: readonly (readonly [number, number, number])[]): Uint8Array {
  const bytes = new Uint8Array(images.length * 3072);
  images.forEach((colors, image) =>
    colors.forEach((value, channel) => {
      const start = image * 3072 + channel * 1024;
      bytes.fill(value, start, start + 1024);
    })
  );
  return bytes;
}
