import { join } from "@std/path";
import { parse } from "csv-parse/sync";
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { labelClasses } from "../../lib/display/label_classes.ts";
import { classScores } from "../../lib/evaluation/metrics/class_scores.ts";
import { summarize } from "../../lib/evaluation/metrics/summarize.ts";
import { mostListed, sparseList } from "../../lib/runs/sparse.ts";
import { writeReport } from "../../lib/report/write_report.ts";
import { inFolder } from "../in_folder.ts";
import { findChromium, openBrowser } from "../notebooks/browser.ts";
import { makeRun } from "./example_runs.ts";
import { openReport } from "./open_report.ts";

const chromium = await findChromium();
const ignore = chromium === undefined;

/** Saves a table of the page and reads it. */
async function saved(page: Page, name: string): Promise<{ file: string; rows: string[][] }> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: `${name} as CSV` }).press("Enter"),
  ]);
  const text = await Deno.readTextFile(await download.path());
  return { file: download.suggestedFilename(), rows: parse(text) };
}

Deno.test("predictions, classes and confusion matrix are saved as they are in the run's files", {
  ignore,
}, () =>
  inFolder(async (folder) => {
    const classes = ["bison", "titi, titi monkey", 'a "quoted" name'].map((name, index) => ({
      id: `c${index}`,
      name,
    }));
    const run = await makeRun(join(folder, "mine"), classes);
    const path = await writeReport([run.directory], { explain: false });
    await using browser = await openBrowser(chromium!);
    await using opened = await openReport(browser, path);
    const { page } = opened;
    const names = classes.map(({ name }) => name);
    const predictions = await saved(page, "Predictions");
    assert.equal(predictions.file, "mine-predictions.csv");
    const [head, ...lines] = predictions.rows;
    assert.deepEqual(head, ["image", "actual", "predicted", ...names]);
    const read = lines.map(([id, actual, predicted, ...probabilities]) => ({
      id,
      actual: names.indexOf(actual!),
      predicted: names.indexOf(predicted!),
      probabilities: probabilities.map(Number),
    }));
    assert.deepEqual(read, await run.predictions());
    const { confusion, per_class } = await run.evaluation();
    const matrix = (await saved(page, "Confusion matrix")).rows;
    assert.deepEqual(matrix[0], ["actual", ...names]);
    assert.deepEqual(matrix.slice(1).map(([, ...row]) => row.map(Number)), confusion);
    assert.deepEqual(matrix.slice(1).map(([name]) => name), names);
    const scores = classScores(confusion);
    assert.deepEqual(
      (await saved(page, "Classes")).rows.slice(1).map(([name, ...row]) => [
        name,
        ...row.map(Number),
      ]),
      per_class.map(({ name, correct, total, accuracy, interval }, index) => [
        ...[name, correct, total, accuracy, ...interval],
        ...[scores[index]!.precision, scores[index]!.f1],
      ]),
    );
    assert.deepEqual(opened.flaws.filter((flaw) => !flaw.includes("blob:")), []);
  }));

Deno.test(
  "of thousands of classes the matrix is saved as the cells that are not 0",
  { ignore },
  () =>
    inFolder(async (folder) => {
      const classes = Array.from({ length: mostListed + 1 }, (_, label) => ({
        ...{ id: `c${label}`, name: `class ${label}` },
      }));
      const run = await makeRun(join(folder, "mine"), classes.slice(0, 3));
      const predictions = [[0, 2000], [1, 1], [1, 1]].map(([actual = 0, predicted = 0], at) => ({
        ...{ id: `${at}.png`, actual, predicted },
        probabilities: sparseList(classes.length, [[5, 0.125], [6, 0.0625], [actual, 0.25], [
          predicted,
          0.5,
        ]]),
      }));
      await run.writePredictions(predictions);
      await run.writeEvaluation(
        summarize(predictions, classes, { split: "test", weights: "best" }),
      );
      const path = await writeReport([run.directory], { explain: false });
      await using browser = await openBrowser(chromium!);
      await using opened = await openReport(browser, path);
      assert.deepEqual((await saved(opened.page, "Confusion matrix")).rows, [
        ["actual", "predicted", "images"],
        ["class 0", "class 2000", "1"],
        ["class 1", "class 1", "2"],
      ]);
      assert.deepEqual((await saved(opened.page, "Predictions")).rows[1], [
        ...[
          "0.png",
          "class 0",
          "class 2000",
          "class 2000",
          "0.5",
          "class 0",
          "0.25",
          "class 5",
          "0.125",
        ],
      ]);
    }),
);

const hostile = [
  `=HYPERLINK("https://evil.example","x")`,
  "+1+1",
  "-2+3",
  "@SUM(A1)",
  " \t=1+1",
  `"><img src=x onerror="document.title='taken'">`,
  "bell\x07 escape\x1b[2J \u202eright\r\nto left",
];

Deno.test(
  "hostile names are inert where images are shown and in CSV files",
  { ignore },
  () =>
    inFolder(async (folder) => {
      const classes = hostile.map((name, index) => ({ id: name, name: `${name}${index}` }));
      const run = await makeRun(join(folder, "mine"), classes);
      const path = await writeReport([run.directory], { explain: false });
      await using browser = await openBrowser(chromium!);
      await using opened = await openReport(browser, path, { hash: "#images=all" });
      const { page } = opened;
      const list = page.locator("#images-list");
      assert.equal(await list.locator("li").count() > 27, true);
      const shown = await list.innerText();
      assert.ok(shown.includes(`"><img src=x`) && shown.includes(`bell\\x07 escape\\x1b[2J`));
      // deno-lint-ignore no-control-regex -- none of them may be there.
      assert.doesNotMatch(shown, /[\x07\x1b\u202e]/);
      assert.equal(await page.locator("img[src=x]").count(), 0);
      assert.equal(await page.title(), "mine");
      assert.deepEqual(opened.flaws, []);
      await page.keyboard.press("Escape");
      const names = labelClasses(classes).map(({ name }) => name);
      for (const file of ["Predictions", "Classes", "Confusion matrix"]) {
        const { rows } = await saved(page, file);
        for (const cell of rows.flat()) {
          // deno-lint-ignore no-control-regex -- none of them may be there.
          assert.doesNotMatch(cell, /^\s*[=+\-@]|[\x00-\x08\x0b-\x1f\u202e]/, cell);
        }
        const cells = rows.flat().map((cell) => cell.replace(/^'/, ""));
        for (const name of names) assert.ok(cells.includes(name), `${name} in ${file}`);
      }
    }),
);
