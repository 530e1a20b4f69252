import { flattenSettings, type PlacedSetting } from "./given_settings.ts";
import { trainSettings } from "./settings.ts";

/** A flag that programs set by an option. */
interface Flag {
  /** Where the option is: `["changes", "epochs"]`. */
  readonly path: readonly string[];
  /** The value that the flag itself stands for; without one, it takes a value. */
  readonly value?: boolean;
  /** Whether a word is a value of the flag. */
  allows(word: string): boolean;
}

/** The flags of `evaluate` that messages name. */
const evaluationFlags: Readonly<Record<string, Flag>> = {
  "allow-overlap": { path: ["allowOverlap"], value: true, allows: () => false },
  split: {
    path: ["split"],
    allows: (word) => ["train", "validation", "test", "all"].includes(word),
  },
};

const flags: ReadonlyMap<string, Flag> = new Map([
  ...flattenSettings(trainSettings).flatMap(flagsOf),
  ...Object.entries(evaluationFlags),
]);

/** A command line, which stays as it is, or a flag and the word after it. */
const pattern =
  /`[^`]*`|deno (?:task|run -A \S+) [^;:,)]*|--([a-z][a-z-]*)(?: ([\w./](?:[\w./-]*\w)?))?/g;

/**
 * Replaces the flags that a message advises by the library's options: `--epochs 20` by
 * `changes: { epochs: 20 }`. Messages name flags, which the command line shows as they are; a notebook
 * shows options.
 *
 * @example
 * ```ts
 * import { adviseOptions } from "./advice.ts";
 *
 * adviseOptions("Half of that may fit: --batch 8"); // Half of that may fit: changes: { batchSize: 8 }
 * ```
 */
export function adviseOptions(message: string): string {
  return message.replaceAll(pattern, (text, name?: string, word?: string) => {
    const flag = name === undefined ? undefined : flags.get(name);
    if (!flag) return text;
    if (flag.value !== undefined) {
      return nested(flag.path, String(flag.value)) + (word === undefined ? "" : ` ${word}`);
    }
    if (word === undefined) return flag.path.join(".");
    if (!flag.allows(word)) return `${flag.path.join(".")} ${word}`;
    return nested(flag.path, Number.isNaN(Number(word)) ? JSON.stringify(word) : word);
  });
}

/** `changes: { epochs: 20 }` */
function nested([name = "", ...inner]: readonly string[], value: string): string {
  return inner.length === 0 ? `${name}: ${value}` : `${name}: { ${nested(inner, value)} }`;
}

function flagsOf({ flag, path, value }: PlacedSetting): [string, Flag][] {
  if (flag === undefined) return [];
  const takesValue = flag.includes("<");
  const names = [...flag.matchAll(/--([a-z][a-z-]*)/g)].map(([, name]) => name!);
  return names.map((name) => [name, {
    path,
    ...(takesValue ? {} : { value: !name.startsWith("no-") }),
    allows: (word) =>
      // Any text is allowed for some: there, only a name in capitals or a path is a value.
      value.safeParse(Number.isNaN(Number(word)) ? word : Number(word)).success &&
      (!value.safeParse("any text").success || /^[A-Z]+$|[./]/.test(word)),
  }]);
}
