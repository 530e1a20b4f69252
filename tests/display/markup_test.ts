import assert from "node:assert/strict";
import { attributes, Html, jsonForPage, markup } from "../../lib/display/markup.ts";

const hostile = `</td><script>alert("1")</script>&'`;
const harmless = "&lt;/td&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;";

Deno.test("markup escapes texts, also in lists, and leaves its own parts as they are", () => {
  const part = markup`<b>${hostile}</b>`;
  assert.equal(part.text, `<b>${harmless}</b>`);
  assert.equal(markup`${[part, hostile, [1]]}${undefined}`.text, part.text + harmless + "1");
  assert.equal(markup`${new Html("<br>")}`.text, "<br>");
});

Deno.test("attributes() escapes values, and leaves out what is not set", () => {
  const written = attributes({ alt: hostile, hidden: true, id: undefined, open: false, width: 0 });
  assert.equal(written.text, ` alt="${harmless}" hidden width="0"`);
});

Deno.test("jsonForPage() cannot end the script it stands in, and reads back", () => {
  const { text } = jsonForPage({ name: hostile });
  assert.doesNotMatch(text, /<\//);
  assert.deepEqual(JSON.parse(text), { name: hostile });
});
