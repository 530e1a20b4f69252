import type { Dataset, Split } from "../../../lib/data/dataset.ts";

/**
 * Placeholders for files; nothing here decodes them. `cat/#4.jpg` stands for `cat/0.jpg` to `cat/3.jpg`,
 * `a=text` for a file with a text.
 */
export function files(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => {
    const [path = "", ...text] = name.split("=");
    const content = text.length > 0 ? text.join("=") : "-";
    const count = /#(\d+)/.exec(path);
    if (!count) return [[path, content]];
    return Array.from({ length: Number(count[1]) }, (_, index) => [
      path.replace(count[0], String(index)),
      content,
    ]);
  }));
}

/** All paths of a split. */
export function pathsOf(split: Split | undefined): string[] {
  return Array.from({ length: split?.length ?? 0 }, (_, index) => split!.path(index));
}

/** The numbers of training, validation and test images. */
export function sizesOf({ train, validation, test }: Dataset): number[] {
  return [train.length, validation.length, ...(test ? [test.length] : [])];
}
