import { join } from "@std/path";
import { createHash } from "node:crypto";
import type { Run } from "../../lib/runs/run.ts";

/** All that a run's outcome is, but for times: equal ones are equal to the last bit. */
export async function fingerprint(run: Run): Promise<unknown> {
  const { result, status, warnings } = run.record;
  const { seconds: _, core_seconds: __, data_wait: ___, ...outcome } = result!;
  return {
    ...{ status, warnings, outcome },
    history: (await run.history()).map(
      ({ seconds: _, images_per_second: __, data_wait_seconds: ___, ...line }) => line,
    ),
    best: await digestOf(run.path("best")),
    last: await digestOf(run.path("last")),
  };
}

/** The files in a run's folder that only a training that goes on should have there. */
export function leftOvers(directory: string): string[] {
  const names = (folder: string): string[] =>
    Array.from(Deno.readDirSync(folder), ({ name }) => name);
  return [directory, join(directory, "weights"), join(directory, "weights/last")]
    .flatMap(names).filter((name) => name.endsWith(".tmp") || name.startsWith("step-"));
}

async function digestOf(path: string): Promise<string> {
  return createHash("sha256").update(await Deno.readFile(path)).digest("hex");
}
