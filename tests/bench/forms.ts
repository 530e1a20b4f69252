import type { Participant } from "./outcome.ts";
import type { FrameworkName } from "./frameworks.ts";
import { measureCase } from "./measure.ts";
import type { NetworkCase } from "./protocol.ts";
import { speedOf } from "./statistics.ts";

/** How fast one form of a framework was when all were tried. */
export interface Trial {
  readonly form: string;
  /** Images a second of the fastest step; null where it failed. */
  readonly best: number | null;
  /** Why it failed. */
  readonly reason?: string;
}

/**
 * The usual forms in which a framework's users do a case, each as words that its worker knows, the
 * plainest first; none for a framework that has but one.
 */
export function formsOf(
  name: FrameworkName,
  { what, precision }: Pick<NetworkCase, "what" | "precision">,
): readonly string[] {
  const reduced = precision === "bfloat16";
  if (name === "keras") {
    // The policy bfloat16 keeps the weights in bfloat16, which suits predicting alone.
    const policies = reduced
      ? what === "predict" ? ["mixed_bfloat16", "bfloat16"] : ["mixed_bfloat16"]
      : ["float32"];
    return policies.flatMap((policy) => [policy, `${policy}, jit_compile`]);
  }
  if (name === "pytorch") {
    const types = reduced
      ? what === "predict" ? ["autocast", "model.bfloat16()"] : ["autocast"]
      : ["float32"];
    // Inductor packs the weights of a frozen model once.
    const compilers = what === "predict"
      ? ["eager", "torch.compile", "torch.compile, freezing"]
      : ["eager", "torch.compile"];
    return types.flatMap((type) => compilers.map((compiler) => `${type}, ${compiler}`));
  }
  return [];
}

/**
 * Tries each form of a participant in a process of its own.
 *
 * @param steps How many steps count of each, after those that warm up.
 */
export async function tryForms(
  participant: Participant<FrameworkName>,
  work: NetworkCase,
  { steps, limit }: { readonly steps: number; readonly limit: number },
): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const form of formsOf(participant.name, work)) {
    const [outcome] = await measureCase(
      work,
      [{ ...participant, form }],
      { rounds: 1, limit },
      () => steps,
    );
    const { status, rounds, reason } = outcome!;
    trials.push(
      status === "measured"
        ? { form, best: speedOf(rounds, work.batch).best }
        : { form, best: null, reason: reason ?? status },
    );
  }
  return trials;
}

/** The fastest form; the plainest where all failed, so that the table tells why. */
export function fastestForm(trials: readonly Trial[]): string | undefined {
  const speed = ({ best }: Trial): number => best ?? 0;
  return trials.reduce<Trial | undefined>(
    (first, other) => first && speed(first) >= speed(other) ? first : other,
    undefined,
  )?.form;
}

/** `keras: [mixed_bfloat16] 388 images/s, [bfloat16] failed: ended by SIGKILL` */
export function describeTrials(name: string, trials: readonly Trial[]): string {
  const each = trials.map(({ form, best, reason }) =>
    `[${form}] ${best === null ? `failed: ${reason}` : `${best.toPrecision(3)} images/s`}`
  );
  return `${name}: ${each.join(", ")}`;
}
