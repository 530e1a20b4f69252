import { z } from "zod";

const schema = z.object({ task: z.object({ index: z.coerce.number() }) });

/**
 * The number of this process in the cluster that `TF_CONFIG` describes; nothing without one. What is
 * wrong with it is for the worker to say.
 */
export function taskIndex(): number | undefined {
  const text = Deno.env.get("TF_CONFIG");
  if (!text) return undefined;
  try {
    return schema.parse(JSON.parse(text)).task.index;
  } catch {
    return 0;
  }
}
