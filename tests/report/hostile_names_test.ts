import { join } from "@std/path";
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { drawRunFigures } from "../../lib/figures/run_figures.ts";
import { writeReport } from "../../lib/report/write_report.ts";
import { inFolder } from "../in_folder.ts";
import { findChromium, openBrowser } from "../notebooks/browser.ts";
import { makeRun } from "./example_runs.ts";

const chromium = await findChromium();

/** What charts would show as a link, in bold or on two lines; and what an image's XML may not hold. */
const names = [
  '<a href="https://evil.example">x</a>',
  "<b>bold</b><br>two",
  "bell\x07 escape\x1b[2J \u202eright to left",
];
const classes = names.map((name, index) => ({ id: `c${index}${name}`, name }));

// deno-lint-ignore no-control-regex -- none of them may be there.
const forbidden = /[\x00-\x08\x0b-\x1f\x7f\u202e]/, raw = /<a |<b>bold|<br>two/;

/** The strings in a specification that Plotly would take for a link, a break or bold text of a name. */
function rawNames(value: unknown): string[] {
  if (typeof value === "string") {
    return forbidden.test(value) || raw.test(value) ? [value] : [];
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(rawNames) : [];
}

Deno.test("figures show names with HTML and control characters as text", () =>
  inFolder(async (folder) => {
    const run = await makeRun(join(folder, "run"), classes, { name: names[0]! });
    const { record } = run;
    await run.update({ data: { ...record.data, name: names[0]! } });
    const paths = await drawRunFigures(run);
    assert.equal(paths.length, 10);
    for (const path of paths.filter((path) => path.endsWith(".json"))) {
      assert.deepEqual(rawNames(JSON.parse(await Deno.readTextFile(path))), [], path);
    }
  }));

Deno.test("a report shows names with HTML and control characters as text", {
  ignore: chromium === undefined,
}, () =>
  inFolder(async (folder) => {
    const runs: string[] = [];
    for (const seed of [1, 2]) {
      const settings = { name: `${names[0]}${seed}`, seed };
      const run = await makeRun(join(folder, `${seed}`), classes, settings);
      await run.update({ data: { ...run.record.data, name: names[0]! } });
      runs.push(run.directory);
    }
    await using browser = await openBrowser(chromium!);
    for (const reported of [runs.slice(0, 1), runs]) {
      const path = await writeReport(reported, {
        output: join(folder, "report.html"),
        explain: false,
      });
      const page = await browser.newPage();
      await page.goto(pathToFileURL(path).href);
      await page.waitForSelector(".plot .main-svg");
      const links = await page.evaluate<string[]>(
        `Array.from(document.querySelectorAll("a"), (a) => a.href?.baseVal ?? a.href)
          .filter((href) => href.includes("evil"))`,
      );
      assert.deepEqual(links, []);
      const text = await page.evaluate<string>("document.body.innerText");
      assert.ok(text.includes(names[0]!));
      assert.doesNotMatch(text, forbidden);
      await page.close();
    }
  }));
