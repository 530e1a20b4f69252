import { showAs } from "./bundle.ts";

/**
 * Returns a text that a notebook shows as formatted Markdown if it is a cell's last value.
 *
 * @example
 * ```ts
 * import { markdown } from "vgg";
 *
 * markdown(`The top-1 accuracy is **${(100 * 0.968).toFixed(1)} %**.`);
 * ```
 */
export function markdown(text: string): { readonly text: string } {
  return showAs({ text }, () => ({ "text/plain": text, "text/markdown": text }));
}
