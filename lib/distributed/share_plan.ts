import project from "../../deno.json" with { type: "json" };
import type { Engine } from "../engine/use_engine.ts";
import { describeSettings } from "../training/config/to_record.ts";
import type { RunRecord } from "../runs/run_record.ts";
import type { TrainingSetup } from "../training/setup.ts";

/** What the chief says in place of a plan where its run is finished already. */
export const finishedRun = "nothing to train";

/** What the chief says first. */
interface PlanMessage {
  readonly plan: TrainingPlan | typeof finishedRun;
  readonly versions: string;
}

/** Tells the other workers, if there are any, what is trained. */
export async function broadcastPlan(engine: Engine, plan: PlanMessage["plan"]): Promise<void> {
  await engine.cluster?.broadcast<PlanMessage>({ plan, versions: versionsOf(engine) });
}

/**
 * Hears from the chief what is trained.
 *
 * @throws {RangeError} Where its versions are others.
 */
export async function receivePlan(engine: Engine): Promise<PlanMessage["plan"]> {
  const { plan, versions } = await engine.cluster!.broadcast<PlanMessage>();
  const own = versionsOf(engine);
  if (own === versions) return plan;
  throw new RangeError(`all workers must have what the chief has, ${versions}. Received: ${own}`);
}

function versionsOf({ version }: Engine): string {
  return `version ${project.version} on TensorFlow ${version}`;
}

/** What images decide: all that a record says of them when they are decoded. */
export type DataSummary = Pick<RunRecord["data"], "train" | "validation" | "digests">;

/**
 * The part of a run's record that is known before anybody looks at an image; all workers that train
 * together go by it.
 */
export interface TrainingPlan
  extends Pick<RunRecord, "model" | "recipe" | "seed" | "precision" | "microBatch" | "start"> {
  readonly data:
    & Omit<RunRecord["data"], keyof DataSummary | "broken" | "normalisation">
    /** Where the weights that a net starts from bring one along; else it follows from the images. */
    & Partial<Pick<RunRecord["data"], "normalisation">>;
}

/** The plan of a new run. */
export function planOf(
  { dataset, settings, seed, fit, microBatch, precision }: TrainingSetup,
  source: Pick<RunRecord["data"], "source" | "perClass" | "load">,
  start: RunRecord["start"],
): TrainingPlan {
  const normalisation = settings.transfer?.normalisation;
  return {
    data: {
      name: dataset.name,
      ...source,
      classes: dataset.classes.map(({ id, name }) => ({ id, name })),
      fit: fit.validation,
      ...(normalisation ? { normalisation } : {}),
    },
    ...describeSettings(settings, seed),
    ...(start ? { start } : {}),
    microBatch,
    precision,
  };
}
