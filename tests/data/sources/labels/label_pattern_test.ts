import assert from "node:assert/strict";
import { labelFromName } from "../../../../lib/data/sources/labels/label_pattern.ts";

Deno.test("labelFromName() reads the class from names as data sets have them", () => {
  const cases = [
    ["{label}.#", "cat.0.jpg", "cat"],
    ["{label}.#.jpg", "cat.0.jpg", "cat"],
    ["{label}.*", "cat.0.jpg", "cat"],
    ["{label}_#", "cat_001.jpg", "cat"],
    ["#_{label}", "1_cat.jpg", "cat"],
    ["{label}_#", "Abyssinian_1.jpg", "Abyssinian"],
    ["{label}_#", "american_bulldog_10.jpg", "american_bulldog"],
    ["{label}#", "cat001.jpg", "cat"],
    ["*_{label}_#", "img_of_dog_7.jpeg", "dog"],
    ["{label} (#)", "golf ball (12).png", "golf ball"],
    ["{label}-*", "猫-a.png", "猫"],
    ["{label}_#", "cat.jpg", undefined],
    ["{label}.#", "cat!0.jpg", undefined],
  ] as const;
  for (const [pattern, name, label] of cases) {
    assert.equal(labelFromName(pattern)(name), label, `${pattern} ${name}`);
  }
});

Deno.test("labelFromName() is quick on names that nearly fit", () => {
  const label = labelFromName("*#{label}!");
  const start = performance.now();
  assert.equal(label("1".repeat(255)), undefined);
  assert.ok(performance.now() - start < 1000);
});

Deno.test("labelFromName() refuses patterns without a label, with two, and with many marks", () => {
  for (const pattern of ["", "cat", "{label}{label}", "{label}*#*", "train/{label}"]) {
    assert.throws(() => labelFromName(pattern), {
      name: "OptionError",
      message:
        `labelPattern must be a file name with {label} once, and at most 2 of # for digits and * ` +
        `for any text. Received: ${pattern}`,
    });
  }
});

Deno.test("labelFromName() shows a pattern that would steer a terminal as text", () => {
  assert.throws(() => labelFromName("\x1b[2J\n"), ({ message }: Error) => {
    // deno-lint-ignore no-control-regex -- what steers terminals is what must not be there
    assert.doesNotMatch(message, /[\x00-\x1f]/);
    return true;
  });
});
