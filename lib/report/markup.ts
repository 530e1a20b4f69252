/** A part of a page: text in which everything that came from outside is escaped. */
export class Html {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/** What a template's gap takes: texts and numbers are escaped, parts are not, `undefined` is nothing. */
export type Content = Html | string | number | undefined | readonly Content[];

/**
 * A tagged template for HTML that escapes what it is given, so that a class called `<script>` stays a
 * name. Attributes must stand in double quotes.
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
    parts.reduce((text, part, index) => text + write(contents[index - 1]) + part),
  );
}

/** An element's attributes; `true` stands for one without a value, `undefined` and `false` for none. */
export function attributes(
  values: Readonly<Record<string, string | number | boolean | undefined>>,
): Html {
  const written = Object.entries(values).map(([name, value]) => {
    if (value === undefined || value === false) return "";
    return value === true ? ` ${name}` : ` ${name}="${write(value)}"`;
  });
  return new Html(written.join(""));
}

function write(content: Content): string {
  if (content === undefined) return "";
  if (content instanceof Html) return content.text;
  if (Array.isArray(content)) return content.map(write).join("");
  return String(content).replace(/[&<>"']/g, (character) => entities[character]!);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** JSON that stands in a `<script>` of a page and cannot end it. */
export function jsonForPage(value: unknown): Html {
  return new Html(JSON.stringify(value).replace(/</g, "\\u003c"));
}
