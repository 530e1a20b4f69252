import type { Augmentation } from "../../data/augment/mod.ts";
import { resolveVGGOptions } from "../../vgg/options.ts";
import { preprocessings } from "../../weights/preprocessing.ts";
import { writable } from "./to_record.ts";
import { isSame } from "../is_same.ts";
import { recordedNetwork } from "../../runs/load_model.ts";
import type { TrainingPlan } from "../../distributed/share_plan.ts";
import type { RunRecord } from "../../runs/run_record.ts";
import { describeSource } from "./data_source.ts";
import { describeInitialWeights } from "../init/initial_weights.ts";
import type { TrainOptions } from "../train.ts";

/** A setting that was given, and the run's own. */
interface SettingPair {
  readonly name: string;
  readonly given: unknown;
  readonly own: unknown;
}

/** A run's record, or as much of it as another machine goes by. */
type RecordedSettings = TrainingPlan & Partial<Pick<RunRecord, "engine">>;

/**
 * Makes sure that what is asked for beside `resume` is what the run has.
 *
 * @throws {RangeError} Naming the first setting that is another.
 */
export function requireMatchingSettings(options: TrainOptions, record: RecordedSettings): void {
  const other = pairsOf(options, record).find(({ given, own }) =>
    given !== undefined && !isSame(given, own)
  );
  if (!other) return;
  const { name, given, own } = other;
  throw new RangeError(
    `${name} of a run that goes on must be its own, ${tell(own)}, or not be given. ` +
      `Received: ${tell(given)}`,
  );
}

function pairsOf(options: TrainOptions, record: RecordedSettings): SettingPair[] {
  const { recipe, model, data, start } = record;
  const { network = {}, changes = {}, load = {}, scale, preprocessing } = options;
  // What a record holds beyond its declared types was checked when it was written.
  const { schedule, weightDecay, augmentation } = recipe as {
    schedule?: Readonly<Record<string, unknown>>;
    weightDecay?: { readonly value: number };
    augmentation?: Partial<Extract<Augmentation, { kind: "paper" }>>;
  };
  const known = (value: string | undefined): unknown => value === "auto" ? undefined : value;
  const resolved: Readonly<Record<string, unknown>> = {
    ...resolveVGGOptions(recordedNetwork(record)),
    initializer: model.initializer ?? "he",
    weightDecay: weightDecay?.value,
  };
  return [
    { name: "data", given: options.data && describeSource(options).source, own: data.source },
    { name: "classes", given: idsGiven(options), own: data.classes.map(({ id }) => id) },
    { name: "images per class", given: load.perClass, own: data.perClass ?? "all" },
    { name: "the data's seed", given: load.seed, own: data.load?.seed ?? "the default" },
    {
      name: "validation fraction",
      given: load.validationFraction,
      own: data.load?.validationFraction ?? "the default",
    },
    { name: "recipe", given: options.recipe, own: recipe.name },
    { name: "learning rate", given: options.learningRate, own: schedule?.peak ?? schedule?.rate },
    {
      name: "scale",
      given: typeof scale === "number" ? [scale, scale] : scale,
      own: augmentation?.shortestSide ?? "none",
    },
    { name: "seed", given: options.seed, own: record.seed },
    { name: "precision", given: known(options.precision), own: record.precision },
    {
      name: "engine",
      given: record.engine && known(options.engine?.engine),
      own: record.engine?.name,
    },
    ...(["shallow", "weights"] as const).map((kind) => ({
      name: kind,
      given: options[kind] && describeInitialWeights({ [kind]: options[kind] })?.from,
      own: start?.kind === kind ? start.from : "none",
    })),
    {
      name: "new head",
      given: options.newHead,
      own: (start?.newLayers ?? []).includes("predictions"),
    },
    {
      name: "preprocessing",
      given: preprocessing && preprocessings[preprocessing].normalisation,
      own: data.normalisation,
    },
    ...Object.entries({ ...network, ...writable(network) }).map(([name, given]) => ({
      name,
      given,
      own: resolved[name],
    })),
    ...Object.entries(changes).map(([name, given]) => ({
      name,
      given: typeof given === "function" ? given(model.inputSize) : given,
      own: name === "patience" ? schedule?.patience ?? "none" : recipe[name],
    })),
  ];
}

function idsGiven({ load: { classes } = {} }: TrainOptions): readonly string[] | undefined {
  return classes === "all" ? undefined : classes;
}

function tell(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "none";
}
