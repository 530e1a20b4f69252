import { extname } from "@std/path";
import { isDeepStrictEqual } from "node:util";
import type { RunRecord } from "../runs/run_record.ts";
import { preprocessings } from "../weights/preprocessing.ts";

/** The words of `train` that name the weights that a run began with. */
export function startWords({ start, model, data }: RunRecord): string[] {
  if (!start) return [];
  const from = [`--${start.kind}`, start.from];
  if (start.kind === "shallow") return from;
  const named = Object.entries(preprocessings).find(([, { normalisation }]) =>
    isDeepStrictEqual(normalisation, data.normalisation)
  );
  return [
    ...from,
    ...(start.newLayers?.length ? ["--new-head"] : []),
    ...(named && extname(start.from) !== "" ? ["--preprocessing", named[0]] : []),
    // What the weights bring along may have been changed; what is the same is said twice.
    ...["--size", String(model.inputSize)],
    ...(typeof model.head === "string" ? ["--head", model.head] : []),
    ...(typeof model.dropout === "number" ? ["--dropout", String(model.dropout)] : []),
  ];
}
