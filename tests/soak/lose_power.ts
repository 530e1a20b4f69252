import { join } from "@std/path";
import type { RandomStream } from "../../lib/random/stream.ts";
import { interpose } from "../files/interpose.ts";
import { VolatileDisk } from "../files/power_loss.ts";
import type { KnownStates } from "./known_states.ts";
import { finish } from "./tiny_task.ts";

/** The process ends here. */
class PowerLoss extends Error {}

/** About as many changes of files are made by all tasks. */
const changes = 1500;

/**
 * Does all tasks until the power is lost, at a random change of a file.
 *
 * @returns The run's folder in several states that could be left.
 */
export async function losePower(
  folder: string,
  known: KnownStates,
  random: RandomStream,
  count: number,
): Promise<{ states: string[]; context: string }> {
  const at = Math.floor(random.uniform(0, changes));
  const live = join(folder, "live");
  await Deno.mkdir(live, { recursive: true });
  const disk = new VolatileDisk(live);
  let done = 0, last = "the end";
  {
    using _ = interpose(live, {
      before: ({ name, path }) => {
        if (done < at) return;
        if (last === "the end") last = `${name} ${path.slice(live.length)}`;
        throw new PowerLoss("the power is lost");
      },
      after: (call, result) => {
        if (disk.record(call, result)) done += 1;
      },
    });
    await finish(join(live, "runs/run"), known.options).catch((error) => {
      if (done < at) throw error;
    });
  }
  const states: string[] = [];
  for (let state = 0; state < count; state++) {
    const left = join(folder, `left-${state}`);
    await disk.writeTo(left, () => random.uniform(0, 1));
    states.push(join(left, "runs/run"));
  }
  return { states, context: `power lost at change ${at}, before ${last}` };
}
