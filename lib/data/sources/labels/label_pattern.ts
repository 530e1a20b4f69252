import { OptionError } from "../../../errors.ts";
import { stemOf } from "./picture_index.ts";

/** The maximum number of marks: with more, the time of a match grows too fast with the length of a name. */
const maxMarks = 2;

/**
 * Makes a function that reads the class from an image's file name. In the pattern `{label}` stands for the
 * class, as long as it can be, `#` for digits, and `*` for anything; all else stands for itself. It is the
 * pattern of the whole name, with or without the extension.
 *
 * @throws {OptionError} If `{label}` is not there once, there are more than two other marks, or the
 *   pattern names a folder.
 *
 * @example
 * ```ts
 * import { labelFromName } from "./label_pattern.ts";
 *
 * labelFromName("{label}.#")("cat.0.jpg"); // "cat"
 * labelFromName("{label}_#")("american_bulldog_10.jpg"); // "american_bulldog"
 * labelFromName("#_{label}")("cat.0.jpg"); // undefined
 * ```
 */
export function labelFromName(pattern: string): (name: string) => string | undefined {
  const parts = pattern.split(/(\{label\}|\*|#)/);
  const marks = parts.filter((part) => part === "*" || part === "#").length;
  const labels = parts.filter((part) => part === "{label}").length;
  if (labels !== 1 || marks > maxMarks || pattern.includes("/")) {
    throw new OptionError(
      "labelPattern must be a file name with {label} once, and at most " +
        `${maxMarks} of # for digits and * for any text. Received: ${pattern}`,
    );
  }
  const source = parts.filter((part) => part !== "").map((part, index, all) => {
    // All digits before or after a label are the number's.
    if (part === "{label}") return all[index + 1] === "#" ? "(.*\\D)" : "(.+)";
    return part === "*" ? ".*" : part === "#" ? "\\d+" : RegExp.escape(part);
  }).join("");
  const expression = new RegExp(`^${source}$`, "su");
  return (name) => (expression.exec(stemOf(name)) ?? expression.exec(name))?.[1];
}
