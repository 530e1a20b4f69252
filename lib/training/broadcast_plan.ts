import project from "../../deno.json" with { type: "json" };
import type { Engine } from "../engine/engine.ts";
import { OptionError } from "../errors.ts";
import type { TrainingPlan } from "../runs/run_record.ts";

/** What the chief sends first. */
export type PlanMessage =
  | {
    readonly kind: "plan";
    readonly plan: TrainingPlan;
    /** The settings that the chief was given, by name; none where it resumes a run. */
    readonly given?: Readonly<Record<string, unknown>>;
  }
  /** The run is finished already. */
  | { readonly kind: "finished" };

/** Tells the other workers, if there are any, what is trained. */
export async function broadcastPlan(engine: Engine, message: PlanMessage): Promise<void> {
  await engine.cluster?.broadcast({ message, versions: versionsOf(engine) });
}

/**
 * Waits for the chief's plan.
 *
 * @throws {OptionError} If the chief runs another version of this library or of TensorFlow.
 */
export async function receivePlan(engine: Engine): Promise<PlanMessage> {
  const { message, versions } = await engine.cluster!.broadcast<{
    readonly message: PlanMessage;
    readonly versions: string;
  }>();
  const own = versionsOf(engine);
  if (own === versions) return message;
  throw new OptionError(`all workers must have what the chief has, ${versions}. Received: ${own}`);
}

function versionsOf({ version }: Engine): string {
  return `version ${project.version} on TensorFlow ${version}`;
}
