import { plural } from "../display/format.ts";
import type { UnusedFiles } from "./dataset.ts";

/**
 * Says in a few words which files of a data set are not used: `20 .heic (a kind that is not read), 3 broken
 * files`. Hidden files are not mentioned. The text is empty if there are no others.
 *
 * @param broken The number of images that cannot be decoded.
 */
export function leftOutText(unused: readonly UnusedFiles[] = [], broken = 0): string {
  const groups = unused.filter(({ reason }) => !reason.startsWith("hidden "))
    .map(({ count, reason }) => `${count} ${count === 1 ? singular(reason) : reason}`);
  if (broken > 0) groups.push(plural(broken, "broken file"));
  return groups.join(", ");
}

/** `pictures that are …` of one picture. */
function singular(reason: string): string {
  return reason.replace(/^(file|picture|folder|link|test image|validation image)s\b/, "$1")
    .replace(/ that are no pictures$/, " that is no picture")
    .replace(
      / that (are|were|lead)\b/,
      (_, verb: string) => ` that ${{ are: "is", were: "was", lead: "leads" }[verb]}`,
    );
}
