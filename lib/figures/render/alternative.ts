import type { Figure } from "../figure.ts";

/**
 * Returns the text of a figure for readers who cannot see it: its heading and the names of its curves.
 */
export function figureAlternative({ name, data, layout: { title } }: Figure): string {
  const heading = (typeof title === "string" ? title : title?.text) ?? "";
  const lines = heading.split("<br>").filter((line) => line !== "");
  const join = (isTitle: boolean): string =>
    lines.filter((line) => line.startsWith("<b>") === isTitle).map(readable).join(" ");
  const names = [...new Set(data.flatMap((trace) => trace.name ? [readable(trace.name)] : []))];
  const parts = [join(true) || name.replaceAll("_", " "), join(false), names.join(", ")];
  return parts.filter((part) => part !== "").join(". ");
}

/** A text of Plotly's without its markup. */
function readable(text: string): string {
  return text.replaceAll(/<[^>]*>/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
