import { showControlsInLines } from "./foreign_text.ts";

/** A part of an HTML page, in which texts from outside are escaped. */
export class Html {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/** A value of a template. Texts and numbers are escaped, `Html` is not, `undefined` is left out. */
export type Content = Html | string | number | undefined | readonly Content[];

/**
 * Template tag for HTML that escapes its values, so that a class called `<script>` remains a name.
 * Attributes must be in double quotes.
 *
 * @example
 * ```ts
 * import { markup } from "./markup.ts";
 *
 * markup`<td title="${'"'}">${"<b>"}</td>`.text; // <td title="&quot;">&lt;b&gt;</td>
 * ```
 */
export function markup(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(
    parts.reduce((text, part, index) => text + escapeHtml(contents[index - 1]) + part),
  );
}

/** Writes attributes. `true` gives an attribute without a value; `undefined` and `false` are left out. */
export function attributes(
  values: Readonly<Record<string, string | number | boolean | undefined>>,
): Html {
  const written = Object.entries(values).map(([name, value]) => {
    if (value === undefined || value === false) return "";
    return value === true ? ` ${name}` : ` ${name}="${escapeHtml(value)}"`;
  });
  return new Html(written.join(""));
}

/** Escapes a value for HTML, and shows its control characters, which XML may not have. */
export function escapeHtml(content: Content): string {
  if (content === undefined) return "";
  if (content instanceof Html) return content.text;
  if (Array.isArray(content)) return content.map(escapeHtml).join("");
  return showControlsInLines(String(content)).replace(
    /[&<>"']/g,
    (character) => entities[character]!,
  );
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Writes JSON for a `<script>` element, which no value can end. */
export function jsonForPage(value: unknown): Html {
  return new Html(JSON.stringify(value).replace(/</g, "\\u003c"));
}
