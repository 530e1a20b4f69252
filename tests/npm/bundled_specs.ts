import { createRequire } from "node:module";
import process from "node:process";
import type { Specs } from "../specs/bundle.ts";

/** The specs in the file that the environment names: what `tests/specs/bundle.ts` is on Node. */
export function bundleSpecs(): Promise<Specs> {
  return Promise.resolve(createRequire(import.meta.url)(process.env["VGG_SPECS"]!) as Specs);
}
