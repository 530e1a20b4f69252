import { dirname, join } from "@std/path";

/**
 * Writes PNG files of noise in a color that their class decides.
 *
 * @param files The numbers of the pictures of each class folder, as a path inside `folder`. Pictures of
 *   other numbers or classes have other pixels.
 */
export async function writePictures(
  folder: string,
  files: Readonly<Record<string, readonly number[]>>,
): Promise<void> {
  const { default: sharp } = await import("sharp");
  const [width, height] = [48, 40];
  for (const [inside, numbers] of Object.entries(files)) {
    const hue = [...inside.split("/").at(-1)!].reduce(
      (sum, letter) => sum + letter.charCodeAt(0),
      0,
    );
    for (const number of numbers) {
      let state = (hue * 65_537 + number * 257 + 1) >>> 0;
      const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return (state >>> 25) + (at % 3 === hue % 3 ? 110 : 10);
      });
      const file = join(folder, inside, `${number}.png`);
      await Deno.mkdir(dirname(file), { recursive: true });
      await sharp(data, { raw: { width, height, channels: 3 } }).png().toFile(file);
    }
  }
}

/** The numbers from `start` on. */
export function numbers(count: number, start = 0): number[] {
  return Array.from({ length: count }, (_, index) => start + index);
}
