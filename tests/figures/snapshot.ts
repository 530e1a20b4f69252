import assert from "node:assert/strict";
import type { Figure } from "../../lib/figures/figure.ts";

/**
 * Compares a figure with `snapshots/<name>.json`. After an intended change, check the image, then
 * update the snapshots with `UPDATE_SNAPSHOTS=1 deno test -A tests/figures tests/paper`.
 */
export async function assertSnapshot(name: string, { data, layout }: Figure): Promise<void> {
  const path = new URL(`snapshots/${name}.json`, import.meta.url);
  const text = JSON.stringify({ data, layout }, null, 2) + "\n";
  if (Deno.env.get("UPDATE_SNAPSHOTS") === "1") return await Deno.writeTextFile(path, text);
  assert.deepEqual(JSON.parse(text), JSON.parse(await Deno.readTextFile(path)));
}

/** Fails if a figure contains NaN or infinity, which JSON writes as null. */
export function assertNumbers(figure: Figure): void {
  const visit = (value: unknown, path: string): void => {
    if (typeof value === "number") assert.ok(Number.isFinite(value), `${path} is ${value}`);
    if (typeof value !== "object" || value === null) return;
    for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`);
  };
  visit({ data: figure.data, layout: figure.layout }, figure.name);
}
