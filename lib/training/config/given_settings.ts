import { isDeepStrictEqual } from "node:util";
import { OptionError } from "../../errors.ts";
import { requireAllowed, type Setting, showValue } from "./setting.ts";
import { type TrainSettings, trainSettings } from "./settings.ts";

/** A table of settings, of which some may be groups. */
type Table = { readonly [name: string]: Setting | Table };

/** A setting and where it is in the options: `["changes", "epochs"]`. */
export interface PlacedSetting extends Setting {
  readonly path: readonly string[];
}

/** A setting and the value that it was given. */
export interface GivenSetting {
  readonly setting: PlacedSetting;
  /** `changes.epochs` */
  readonly name: string;
  readonly given: unknown;
}

/** All settings of a table, including those of its groups. */
export function flattenSettings(table: Table, path: readonly string[] = []): PlacedSetting[] {
  return Object.entries(table).flatMap(([name, entry]) => {
    const own = [...path, name];
    return isSetting(entry) ? [{ ...entry, path: own }] : flattenSettings(entry, own);
  });
}

function isSetting(entry: Setting | Table): entry is Setting {
  return "value" in entry && "safeParse" in entry.value;
}

const placed = flattenSettings(trainSettings);

/** The settings that have a value in some options. */
export function givenSettings(options: TrainSettings): GivenSetting[] {
  return placed.flatMap((setting) => {
    const given = setting.path.reduce<unknown>(
      (part, name) => (part as Record<string, unknown> | undefined)?.[name],
      options,
    );
    return given === undefined ? [] : [{ setting, name: setting.path.join("."), given }];
  });
}

/** Options with the given values. */
export function nestSettings(
  values: readonly Pick<GivenSetting, "setting" | "given">[],
): TrainSettings {
  const options: Record<string, unknown> = {};
  for (const { setting: { path: [name = "", inGroup] }, given } of values) {
    options[name] = inGroup ? { ...options[name] as object, [inGroup]: given } : given;
  }
  return options;
}

/**
 * Checks each setting by itself.
 *
 * @throws {OptionError} For a value that is not allowed, or an unknown name in a group of settings.
 */
export function checkSettings(options: TrainSettings): void {
  for (const { setting, name, given } of givenSettings(options)) {
    requireAllowed(name, setting.value, given);
  }
  for (const group of ["load", "network", "changes", "engine"] as const) {
    const known = Object.keys(trainSettings[group]);
    const unknown = Object.keys(options[group] ?? {}).find((name) => !known.includes(name));
    if (unknown === undefined) continue;
    throw new OptionError(`${group} must have no fields but ${known}. Received: ${unknown}`);
  }
}

/**
 * Checks that no setting is given beside `resume` that the run's record decides. Only `data` may be: the
 * same images in another place. The epochs of a finished run are the caller's to allow.
 *
 * @throws {OptionError} Naming the setting and its flag.
 */
export function requireResumable(options: TrainSettings): void {
  const other = givenSettings(options).find(({ setting, name }) =>
    setting.of !== "process" && name !== "data"
  );
  if (!other) return;
  throw new OptionError(
    `${labelOf(other)} cannot be given with resume: the run keeps its settings. ` +
      `Received: ${showValue(other.given)}`,
  );
}

/** The same options without those that a run's record decides. */
export function resumableOptions<Options extends TrainSettings>(options: Options): Options {
  const others = Object.entries(options).filter(([name]) => !(name in trainSettings));
  const ofProcess = givenSettings(options).filter(({ setting }) => setting.of === "process");
  return { ...Object.fromEntries(others), ...nestSettings(ofProcess) } as Options;
}

/** The given settings of a run by name, except for objects: all workers must agree on these. */
export function sharedSettings(options: TrainSettings): Readonly<Record<string, unknown>> {
  const shared = givenSettings(options).filter(({ setting, given }) =>
    setting.of === undefined &&
    (Array.isArray(given) || typeof given !== "object" && typeof given !== "function")
  );
  return Object.fromEntries(shared.map(({ name, given }) => [name, given]));
}

/**
 * Checks that a worker was given the same settings as the chief.
 *
 * @throws {OptionError} Naming the first setting that differs, and its flag.
 */
export function requireChiefsSettings(
  options: TrainSettings,
  chief: Readonly<Record<string, unknown>>,
): void {
  const own = sharedSettings(options);
  const other = givenSettings(options).find(({ name }) =>
    name in own && !isDeepStrictEqual(own[name], chief[name])
  );
  if (!other) return;
  throw new OptionError(
    `${labelOf(other)} must be the chief's, ${
      showValue(chief[other.name] ?? "the default")
    }, or not be ` +
      `given. Received: ${showValue(other.given)}`,
  );
}

/** `changes.epochs (--epochs)` */
function labelOf({ name, setting: { flag } }: GivenSetting): string {
  return flag === undefined ? name : `${name} (${flag.split(/[ ,]/)[0]})`;
}
