import type { ClassLabel } from "../../data/dataset.ts";
import { labelClasses } from "../../display/label_classes.ts";
import type { Caption } from "./gallery.ts";

/** The labels of lists of classes, which many tiles share. */
const known = new WeakMap<readonly ClassLabel[], readonly string[]>();

/** The text of a caption that names a class; shortened, it stays unlike the names of all other classes. */
export function classCaption(
  label: number,
  classes: readonly ClassLabel[],
): Pick<Caption, "text" | "among"> {
  let among = known.get(classes);
  if (!among) {
    among = labelClasses(classes).map(({ name }) => name);
    known.set(classes, among);
  }
  return { text: among[label] ?? String(label), among };
}
