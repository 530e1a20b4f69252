/**
 * What training with several workers costs, measured on this machine: sums over workers by their size,
 * what an exchange of gradients adds to a step, sizes of messages, batch normalization; and what
 * follows from that for VGG16 on up to 64 machines. Writes docs/scaling.md with `--document`. All
 * processes run in a private network, of Linux.
 *
 * ```sh
 * deno task dev:bench-cluster --rounds 3
 * ```
 *
 * @module
 */

import { Command } from "commander";
import { fileURLToPath } from "node:url";
import { endWithError } from "../../lib/cli/errors.ts";
import { whole } from "../../lib/cli/flags/options.ts";
import { log, logError } from "../../lib/cli/progress.ts";
import { Children } from "../../lib/distributed/processes/children.ts";
import { statusOfSignal } from "../../lib/distributed/processes/end_signals.ts";
import {
  endWithParent,
  exitTemporaryFailure,
  statusOf,
} from "../../lib/distributed/processes/exit_status.ts";
import {
  enterPrivateNetwork,
  inPrivateNetwork,
  requirePrivateNetwork,
} from "../../lib/distributed/processes/private_network.ts";
import { readyLibrary } from "../../lib/engine/tensorflow/library/find_library.ts";
import { tf } from "../../lib/engine/tf.ts";
import { readFlags } from "../read_flags.ts";
import { measureCluster } from "./cluster/measure.ts";
import { scalingSections } from "./cluster/sections.ts";
import { writeDocument } from "./document.ts";
import { killWorkers } from "./worker_process.ts";

interface Flags {
  readonly rounds: number;
  readonly document?: string;
}

/** Tells the process that measures who started it, by its process id. */
const starterVariable = "VGG_BENCH_STARTER";

const command = new Command("deno task dev:bench-cluster")
  .description("Measures what training with several workers costs, and predicts how it scales.")
  .option("--rounds <n>", "turns of everything that is compared", whole("--rounds", 1), 3)
  .option("--document <file>", "write the tables, as docs/scaling.md");

try {
  const flags = readFlags<Flags>(command);
  const starter = Deno.env.get(starterVariable);
  if (starter === undefined) Deno.exitCode = await startInside();
  else await measureInside(flags, Number(starter));
} catch (error) {
  killWorkers();
  endWithError(error);
}

/** Readies what comes over the network, and starts this command again in one that leads nowhere. */
async function startInside(): Promise<number> {
  await requirePrivateNetwork();
  await readyLibrary({ onMessage: logError });
  const script = fileURLToPath(import.meta.url);
  using children = new Children({ say: logError });
  return statusOf(
    await children.run([{
      name: "the process that measures",
      words: inPrivateNetwork([Deno.execPath(), "run", "-A", script, ...Deno.args]),
      env: { [starterVariable]: `${Deno.pid}` },
      hasTerminal: true,
    }]),
  );
}

async function measureInside({ rounds, document }: Flags, starter: number): Promise<void> {
  endWithParent(starter, () => endNow(exitTemporaryFailure));
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => endNow(statusOfSignal(signal)));
  }
  enterPrivateNetwork();
  const sections = scalingSections(await measureCluster(rounds, logError));
  for (const { title, about, table } of sections) log(`\n${title}\n\n${about}\n\n${table}`);
  if (document) {
    const versions = `TensorFlow.js ${tf.version.tfjs}, Deno ${Deno.version.deno}`;
    await writeDocument(document, {
      title: "How training scales over machines",
      words: ["dev:bench-cluster", "--rounds", `${rounds}`],
      versions: new Map([["ours", versions]]),
      sections,
    });
  }
  Deno.exit();
}

function endNow(status: number): never {
  killWorkers();
  Deno.exit(status);
}
