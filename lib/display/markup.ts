/** Part of an HTML page: text whose outside contents are escaped. */
export class Html {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/** What a template takes: texts and numbers are escaped, `Html` is not, `undefined` is nothing. */
export type Content = Html | string | number | undefined | readonly Content[];

/**
 * Template tag for HTML that escapes its values, so that a class called `<script>` stays a name.
 * Attributes must stand in double quotes.
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

/** Writes attributes: `true` is one without a value, `undefined` and `false` are left out. */
export function attributes(
  values: Readonly<Record<string, string | number | boolean | undefined>>,
): Html {
  const written = Object.entries(values).map(([name, value]) => {
    if (value === undefined || value === false) return "";
    return value === true ? ` ${name}` : ` ${name}="${escapeHtml(value)}"`;
  });
  return new Html(written.join(""));
}

/** Writes a content as it stands in HTML. */
export function escapeHtml(content: Content): string {
  if (content === undefined) return "";
  if (content instanceof Html) return content.text;
  if (Array.isArray(content)) return content.map(escapeHtml).join("");
  return String(content).replace(/[&<>"']/g, (character) => entities[character]!);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Writes JSON that cannot end the `<script>` it stands in. */
export function jsonForPage(value: unknown): Html {
  return new Html(JSON.stringify(value).replace(/</g, "\\u003c"));
}
