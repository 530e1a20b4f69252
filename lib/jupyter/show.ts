import { type Bundle, displaySymbol, isShowable } from "../display/bundle.ts";
import { kernel } from "./kernel.ts";
import { send } from "./live_output.ts";

/**
 * Shows values in the running cell of a notebook, in order; elsewhere prints them as text. A cell's
 * last value needs no `show`: figures, models, runs, evaluations, data sets and tables show
 * themselves.
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

/** Prints a line of the text that stands for what notebooks show. */
export function printOutput(line: string): void {
  // deno-lint-ignore no-console -- the place to speak where there is no notebook.
  console.log(line);
}
