import { join } from "@std/path";
import assert from "node:assert/strict";
import { notebookNames, notebooksFolder } from "./environment.ts";
import { notebookSchema } from "./notebook.ts";
import { exercisesIn, type Frame, frameOf, solutionsIn } from "./solutions.ts";

const names = await notebookNames();
const article = "https://github.com/anejad/Convolutional-Neural-Network-Champions";
const paper = /https:\/\/arxiv\.org\/abs\/\d{4}\.\d{4,5}/;

for (const [index, name] of names.entries()) {
  const frame = async (): Promise<Frame> => {
    const text = await Deno.readTextFile(join(notebooksFolder, `${name}.ipynb`));
    return frameOf(notebookSchema.parse(JSON.parse(text)));
  };

  Deno.test(`${name} begins with goals, time, prerequisites, and links`, async () => {
    const { opening } = await frame();
    assert.match(opening, /^# \d · \S/);
    const items = ["Goals", "Time", "Prerequisites", "Links"];
    assert.deepEqual(items.map((item) => opening.split(`- **${item}**: `).length - 1), [
      1,
      1,
      1,
      1,
    ]);
    const texts = items.map((item) => itemOf(opening, item));
    assert.ok(texts.every((text) => text.length > 20), texts.join("\n"));
    assert.match(texts[1]!, /\bminutes?\b/);
  });

  Deno.test(`${name} links the notebooks before and after it, the article and a paper`, async () => {
    const links = itemOf((await frame()).opening, "Links");
    const [before, after] = [names[index - 1], names[index + 1]];
    assert.equal(/previous\s+\[[^\]]+\]\(([^)]+)\.ipynb\)/.exec(links)?.[1], before);
    assert.equal(/next\s+\[[^\]]+\]\(([^)]+)\.ipynb\)/.exec(links)?.[1], after);
    assert.ok(links.includes(`(${article})`), "the article");
    assert.match(links, paper);
    for (const [, path] of links.matchAll(/\(([^):]+\.ipynb)\)/g)) {
      await Deno.stat(join(notebooksFolder, path!));
    }
  });

  Deno.test(`${name} ends with a summary, and exercises with folded solutions`, async () => {
    const { summary, exercises } = await frame();
    const points = summary.match(/^- /gm)?.length ?? 0;
    assert.ok(points >= 4 && points <= 5, `four or five points. Received: ${points}`);
    const numbered = exercisesIn(exercises);
    assert.ok(numbered.length > 0, "exercises");
    for (const [at, exercise] of numbered.entries()) {
      assert.ok(exercise.startsWith(`${at + 1}. `), exercise);
      assert.equal(solutionsIn(exercise).length, 1, exercise);
      assert.notEqual(solutionsIn(exercise)[0]!.trim(), "");
    }
    const folds = exercises.match(/<details>/g)?.length;
    assert.equal(folds, numbered.length, "each exercise has one solution");
    assert.equal(exercises.match(/```ts$/gm)?.length ?? 0, codeIn(numbered), "code is folded");
  });
}

/** The text of one item of the list under the introduction. */
function itemOf(opening: string, item: string): string {
  return opening.split(`- **${item}**: `)[1]?.split(/\n- |\n\n/)[0] ?? "";
}

function codeIn(exercises: readonly string[]): number {
  const solutions = exercises.flatMap(solutionsIn);
  return solutions.reduce((sum, text) => sum + (text.match(/^```ts$/gm)?.length ?? 0), 0);
}
