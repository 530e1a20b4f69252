import assert from "node:assert/strict";
import { labelClasses, shortenApart } from "../../lib/display/label_classes.ts";

const labelsOf = (...classes: readonly (readonly [id: string, name: string])[]): string[] =>
  labelClasses(classes.map(([id, name]) => ({ id, name }))).map(({ name }) => name);

/** Names are taken as they are if the id is the folder's name. */
const folders = (...names: readonly string[]): string[] =>
  labelsOf(...names.map((name) => [name, name] as const));

Deno.test("labelClasses() cuts ImageNet's synonyms at a comma, and no other names", () => {
  assert.deepEqual(labelsOf(["n02493509", "titi, titi monkey"], ["n02483708", "siamang"]), [
    "titi",
    "siamang",
  ]);
  const plants = ["Pepper,_bell___Bacterial_spot", "Pepper,_bell___healthy"];
  assert.deepEqual(folders(...plants), plants);
  assert.deepEqual(labelsOf(["0", "salt, pepper"]), ["salt, pepper"]);
  assert.deepEqual(folders("n02493509"), ["n02493509"]);
});

Deno.test("labelClasses() adds the id to names that several classes have", () => {
  assert.deepEqual(
    labelsOf(["n02012849", "crane"], ["n03126707", "crane, hoist"], ["n01440764", "tench"]),
    ["crane (n02012849)", "crane (n03126707)", "tench"],
  );
});

Deno.test("labelClasses() shows control characters, keeps other fields, and can be repeated", () => {
  const classes = [{ id: "a\x1b[2J", name: "a\x1b[2J", total: 3 }, {
    id: "b",
    name: "\u202ecat",
    total: 4,
  }];
  const labeled = labelClasses(classes);
  assert.deepEqual(labeled, [
    { id: "a\\x1b[2J", name: "a\\x1b[2J", total: 3 },
    { id: "b", name: "\\u202ecat", total: 4 },
  ]);
  assert.deepEqual(labelClasses(labeled), labeled);
});

const upTo = (length: number) => (text: string): boolean => [...text].length <= length;

Deno.test("shortenApart() cuts at the end, or what names have in common", () => {
  assert.deepEqual(shortenApart(["short", "a very long name"], upTo(10)), ["short", "a very lo…"]);
  assert.deepEqual(
    shortenApart(
      ["Cherry_(including_sour)___healthy", "Cherry_(including_sour)___Powdery_mildew", "Corn"],
      upTo(24),
    ),
    ["Cherry_(includin…healthy", "Cherry_(i…Powdery_mildew", "Corn"],
  );
});

Deno.test("shortenApart() keeps any different names different and short", () => {
  const long = "x".repeat(40);
  const names = [
    ...[1, 2, 3].map((number) => `${long}-${number}`),
    ...[1, 2].map((number) => `${long}-middle-${number}-${long}`),
    ...["猫", "犬"].map((end) => `${"動物".repeat(20)}${end}`),
    ...[1, 2].map((number) => `${long}${number}${long}`),
    `${long}${long}`,
  ];
  for (const length of [8, 12, 20, 60]) {
    const short = shortenApart(names, upTo(length));
    assert.equal(new Set(short).size, names.length, `${length}: ${short}`);
    for (const text of short) assert.ok([...text].length <= length, text);
  }
  // The same name twice is not made different.
  assert.deepEqual(shortenApart([long, long], upTo(5)), ["xxxx…", "xxxx…"]);
});
