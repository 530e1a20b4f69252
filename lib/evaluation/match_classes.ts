import type { ClassLabel, Split } from "../data/dataset.ts";
import { DataError } from "../data/errors.ts";

/** Which of a net's classes the classes of a data set are. */
export interface ClassMatch {
  /** The index of the net's class for each class of the data; -1 for a class that the net lacks. */
  readonly labels: readonly number[];
  /** Which classes were matched by name, in one line; none if all were matched by id. */
  readonly note?: string;
}

/**
 * Matches the classes of a data set with those of a net: by id, then by name, so that folders of wnids
 * and folders of class names mean the same. A name that several classes share matches none.
 *
 * @param source The data set in messages.
 * @throws {DataError} If no class matches.
 */
export function matchClasses(
  data: readonly ClassLabel[],
  net: readonly ClassLabel[],
  source: string,
): ClassMatch {
  const labels = data.map(({ id }) => net.findIndex((own) => own.id === id));
  const taken = new Set(labels);
  const byName = data.map(({ id, name }, at) => {
    if (labels[at] !== -1) return -1;
    const found = [...net.keys()].filter((index) => {
      const own = net[index]!;
      return !taken.has(index) && (own.name === id || own.id === name || own.name === name);
    });
    return found.length === 1 ? found[0]! : -1;
  });
  const named: string[] = [];
  for (const [at, index] of byName.entries()) {
    if (index === -1 || byName.filter((other) => other === index).length > 1) continue;
    labels[at] = index;
    named.push(`${data[at]!.id} is ${net[index]!.id}`);
  }
  if (labels.every((index) => index === -1)) {
    throw new DataError(
      `the classes of ${source} must be among the net's (${listed(net.map(titleOf))}). ` +
        `Received: ${listed(data.map(titleOf))}`,
    );
  }
  return {
    labels,
    ...(named.length > 0 ? { note: `classes are matched by name: ${listed(named)}` } : {}),
  };
}

/** Says which of a net's classes no image belongs to; nothing if all have images. */
export function missingClasses(
  net: readonly ClassLabel[],
  images: Pick<Split, "labels">,
): string | undefined {
  const present = new Set(images.labels);
  const missing = net.filter((_, label) => !present.has(label));
  if (missing.length === 0) return undefined;
  return `${net.length - missing.length} of the net's ${net.length} classes have images; ` +
    `there is none of ${listed(missing.map(titleOf))}`;
}

/** Names the classes that a net lacks, and those of its own that differ from them only by case. */
export function unknownClasses(
  data: readonly ClassLabel[],
  net: readonly ClassLabel[],
  labels: readonly number[],
): string {
  return listed(
    data.filter((_, at) => labels[at] === -1).map(({ id, name }) => {
      const similar = net.find((own) =>
        [own.id, own.name].some((text) => [id, name].some((other) => sameLetters(text, other)))
      );
      return titleOf({ id, name }) + (similar ? ` (like ${titleOf(similar)})` : "");
    }),
  );
}

function sameLetters(one: string, other: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replace(/[\s_-]+/g, " ");
  return plain(one) === plain(other);
}

function titleOf({ id, name }: ClassLabel): string {
  return id === name ? id : `${id} ${name}`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(", ");
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
