import { resolvePrecision } from "../../../lib/engine/precision.ts";
import { fitLine } from "./fit_line.ts";
import { type Machine, vgg16 } from "./plan.ts";
import type { StepWork } from "./protocol.ts";
import { measureInTurns } from "./turns.ts";
import { WorkerGroup } from "./worker_group.ts";

/** Two are enough to tell what images cost from what a step costs in any case. */
const batches = [2, 8] as const;

/** In what this machine trains unless it is told. */
export const { precision: ownPrecision } = resolvePrecision("auto", {
  name: "tensorflow",
  devices: ["CPU"],
});

/**
 * Measures steps of VGG16 on all of this machine's cores.
 *
 * @throws {Error} Where others keep the machine so busy that more images take no longer.
 */
export async function measureMachine(rounds: number): Promise<Machine> {
  await using group = new WorkerGroup({ size: 1, pinned: false });
  const turns = batches.map((batch) => {
    const work: StepWork = { kind: "step", network: vgg16, batch, precision: ownPrecision };
    return { name: `${batch}`, group, work, times: 1 };
  });
  const taken = await measureInTurns(turns, rounds);
  const line = fitLine(
    batches.map((batch) => ({ amount: batch, seconds: taken.get(`${batch}`)!.median })),
  );
  if (line.gradient === 0) throw new Error("the machine is too busy to measure a step of VGG16");
  return { name: "this machine", line, cores: navigator.hardwareConcurrency };
}

/** From docs/cards.md: VGG16 at 224 px, bfloat16, batch 64. What a small batch wastes is not in it. */
export const card: Machine = {
  name: "an NVIDIA H200",
  line: { constant: 0, gradient: 1 / 1407 },
  cores: Infinity,
};
