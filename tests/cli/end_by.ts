import assert from "node:assert/strict";
import { type Ended, vggCommand } from "./support.ts";

/**
 * Milliseconds in which a process ends after SIGTERM or SIGHUP even on a busy machine; on an idle one it is
 * within five seconds.
 */
const limit = 15_000;

/** How a task ended after a signal, with what it had printed by then. */
export interface Signaled extends Ended {
  readonly milliseconds: number;
}

/** When {@linkcode endBy} sends its signal. */
export interface Moment {
  /** It has printed what matches. */
  readonly after?: RegExp;
  /** Something else has happened. */
  readonly when?: Promise<void>;
  /** Milliseconds later. */
  readonly pause?: number;
}

/** Runs a task, or another command, and sends it a signal at some moment. */
export async function endBy(
  signal: Deno.Signal,
  task: readonly string[] | Deno.Command,
  { after, when, pause = 0 }: Moment,
): Promise<Signaled> {
  const child = (task instanceof Deno.Command ? task : vggCommand(task)).spawn();
  const err = new Response(child.stderr).text();
  const text = child.stdout.pipeThrough(new TextDecoderStream());
  const reader = text.getReader();
  let out = "";
  while (after && !after.test(out)) out += (await reader.read()).value ?? assert.fail(await err);
  await when;
  await new Promise((resolve) => setTimeout(resolve, pause));
  const sent = performance.now();
  child.kill(signal);
  const rest = (async (): Promise<void> => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      out += value;
    }
  })();
  const { code } = await child.status;
  const milliseconds = performance.now() - sent;
  await rest;
  return { code, out, err: await err, milliseconds };
}

/** Fails if a process took longer than it may. */
export function assertInTime({ milliseconds, err }: Signaled): void {
  assert.ok(milliseconds < limit, `${milliseconds} ms: ${err}`);
}
