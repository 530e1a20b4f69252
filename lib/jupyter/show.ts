import { type Bundle, displaySymbol, isShowable } from "../display/bundle.ts";
import { showControlsInLines } from "../display/foreign_text.ts";
import { kernel } from "./kernel.ts";
import { send } from "./live_output.ts";

/**
 * Shows values in the running cell of a notebook in order. Outside notebooks it prints them as text.
 * The last value of a cell needs no `show`: figures, models, runs, evaluations, data sets and tables
 * show themselves.
 *
 * @example
 * ```ts
 * import { buildVGG, show } from "vgg";
 *
 * await show(buildVGG({ configuration: "A", inputSize: 32, classes: 10, head: "small" }));
 * ```
 */
export async function show(...values: readonly unknown[]): Promise<void> {
  for (const value of values) {
    const bundle = await bundleOf(value);
    if (kernel) await send("display_data", bundle);
    else printOutput(bundle["text/plain"]);
  }
}

async function bundleOf(value: unknown): Promise<Bundle> {
  if (isShowable(value)) return await value[displaySymbol]();
  const text = typeof value === "string" ? value : Deno.inspect(value, { depth: 4 });
  return { "text/plain": text };
}

/** Prints a line of text in place of a notebook's output. */
export function printOutput(line: string): void {
  // deno-lint-ignore no-console -- the output outside notebooks.
  console.log(showControlsInLines(line));
}
