import assert from "node:assert/strict";
import {
  columnsOf,
  safeJson,
  showControls,
  showControlsInLines,
} from "../../lib/display/foreign_text.ts";
import { oneLine } from "../../lib/display/format.ts";
import { plainTable } from "../../lib/display/table.ts";

Deno.test("showControls() writes control characters and directions, and leaves letters of any script", () => {
  assert.equal(showControls("a\x1b[2Jb\x07\x9b1m\x7f"), "a\\x1b[2Jb\\x07\\x9b1m\\x7f");
  assert.equal(
    showControls("cat\u202egpj.exe\u2066\u200f\u061c"),
    "cat\\u202egpj.exe\\u2066\\u200f\\u061c",
  );
  assert.equal(showControls("two\nlines\tand\u2028more"), "two\\x0alines\\x09and\\u2028more");
  for (const name of ["猫", "고양이", "קו", "قطة", "बिल्ली", "แมว", "👨‍👩‍👧", "naïve", "a\\b"]) {
    assert.equal(showControls(name), name);
  }
  assert.equal(showControls("\ud800"), "\ufffd");
});

Deno.test("showControlsInLines() keeps line feeds and tabs", () => {
  assert.equal(showControlsInLines("a\n\tb\x1b[0m\r\n"), "a\n\tb\\x1b[0m\\x0d\n");
});

Deno.test("safeJson() writes JSON that controls no terminal and has the same values", () => {
  const value = { name: "\x1b[2J\x9b\u202e猫\n" };
  const text = safeJson(value);
  // deno-lint-ignore no-control-regex -- control characters are what must be absent
  assert.doesNotMatch(text, /[\0-\x1f\x7f-\x9f\u202e]/);
  assert.deepEqual(JSON.parse(text), value);
});

Deno.test("oneLine() shows control characters and limits the length", () => {
  assert.equal(oneLine("a\r\n  b\x1b[2J"), "a b\\x1b[2J");
  assert.match(oneLine("x".repeat(2100)), /^x{2000} … \(100 characters more\)$/);
});

Deno.test("columnsOf() counts East Asian letters and emoji twice, accents not at all", () => {
  assert.deepEqual(["cat", "猫", "고양이", "カタカナ", "e\u0301", "😀", ""].map(columnsOf), [
    3,
    2,
    6,
    8,
    1,
    2,
    0,
  ]);
});

Deno.test("plainTable() aligns columns of any script, and sends no control characters", () => {
  assert.equal(
    plainTable({ rows: [["猫", 1], ["inu", 2], ["a\x1b\n", 3]] }),
    ["猫         1", "inu        2", "a\\x1b\\x0a  3"].join("\n"),
  );
});
