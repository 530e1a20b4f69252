import { join } from "@std/path";
import assert from "node:assert/strict";
import type { Browser, Locator, Page } from "playwright-core";
import { writeReport } from "../../lib/report/write_report.ts";
import { inFolder } from "../in_folder.ts";
import { findChromium, openBrowser } from "../notebooks/browser.ts";
import { desk, openReport, phone, violations } from "./open_report.ts";
import { makePicturedRun, writePictures } from "./pictured_run.ts";
import { threeClasses } from "./example_runs.ts";

const chromium = await findChromium();

/** A step of the test, with the reports of one run and of two. */
type Step = (browser: Browser, pages: { one: string; two: string }) => Promise<void>;
const steps = new Map<string, Step>();

/** What the dialog shows: its title, the images' ids, and how many of them have a picture. */
interface Shown {
  readonly title: string;
  readonly ids: readonly string[];
  readonly pictures: number;
}

/** Waits until the dialog is open, or closed, and returns what it shows. */
async function shown(page: Page): Promise<Shown> {
  await page.locator("dialog[open]").waitFor();
  const list = page.locator("#images-list");
  return {
    title: await page.locator("#images-title").textContent() ?? "",
    ids: await list.locator("small").allTextContents(),
    pictures: await list.locator("img").count(),
  };
}

async function closed(page: Page): Promise<void> {
  await page.locator("dialog:not([open])").waitFor({ state: "attached" });
}

function hash(page: Page): Promise<string> {
  return page.evaluate<string>("location.hash");
}

/** The middle of a mark of a chart, in pixels of the window, after scrolling there. */
async function placeOf(page: Page, chart: string, x: number, y: number): Promise<[number, number]> {
  await page.locator(chart).scrollIntoViewIfNeeded();
  return await page.evaluate<[number, number]>(
    `((plot) => {
      const { left, top } = plot.getBoundingClientRect();
      const { xaxis, yaxis } = plot._fullLayout;
      return [left + xaxis._offset + xaxis.d2p(${x}), top + yaxis._offset + yaxis.d2p(${y})];
    })(document.querySelector("${chart}"))`,
  );
}

/** Where each click and each key leads: the chart, a place on its axes, and what is then shown. */
const paths: readonly (readonly [
  what: string,
  chart: string,
  at: readonly [number, number],
  hash: string,
  title: string,
  images: number,
])[] = [
  ["a cell", "#chart-2", [1, 0], "#cell=0,1", "Images of bison predicted as titi", 1],
  ["a class", "[data-opens=class]", [2, 1], "#class=1", "Images of titi", 4],
  [
    "a bar of the calibration",
    "[data-opens=bin]",
    [65, 104],
    "#bin=6",
    "Images with probabilities of 60\u00a0% to 70\u00a0%",
    3,
  ],
  ["a pair", "#chart-3", [0.9, 0], "#cell=1,0", "Images of titi predicted as bison", 0],
];

steps.set("cells and bars of charts show their images by the mouse", async (browser, { one }) => {
  for (const [what, chart, at, expected, title, images] of paths) {
    await using opened = await openReport(browser, one);
    const { page, flaws } = opened;
    await page.mouse.click(...await placeOf(page, chart, ...at));
    const seen = await shown(page);
    assert.deepEqual([seen.title, seen.ids.length, seen.pictures], [title, images, images], what);
    assert.equal(await hash(page), expected);
    await page.keyboard.press("Escape");
    await closed(page);
    await page.waitForURL(({ hash }) => hash === "");
    assert.deepEqual(flaws, []);
  }
});

/** Which keys lead from the first mark of each chart to the mark of `paths`. */
const keys: readonly (readonly string[])[] = [["ArrowRight"], ["ArrowDown"], [], ["ArrowRight"]];

steps.set(
  "cells and bars of charts show their images by the keyboard",
  async (browser, { one }) => {
    for (const [index, [what, chart, , expected, title, images]] of paths.entries()) {
      await using opened = await openReport(browser, one);
      const { page, flaws } = opened;
      await page.locator(`${chart} > .cursor`).first().waitFor();
      // A chart's own button is reached by Tab, from what is before it.
      await page.evaluate(
        `document.querySelector("${chart}").closest("figure").insertAdjacentHTML(
        "beforebegin", "<p tabindex=0 id=before></p>")`,
      );
      await page.locator("#before").focus();
      const isCursor = (): Promise<boolean> =>
        page.evaluate(`document.activeElement === document.querySelector("${chart} > .cursor")`);
      for (let tabs = 0; tabs < 6 && !await isCursor(); tabs++) await page.keyboard.press("Tab");
      for (const key of keys[index]!) await page.keyboard.press(key);
      assert.ok(await isCursor(), what);
      const label = await page.locator(`${chart} > .cursor`).getAttribute("aria-label");
      assert.equal(label, `${title}: ${images}`);
      await page.keyboard.press("Enter");
      assert.equal((await shown(page)).ids.length, images);
      assert.equal(await hash(page), expected);
      assert.equal(await page.evaluate("document.activeElement.id"), "images-title");
      await page.keyboard.press("Escape");
      await closed(page);
      assert.ok(await isCursor(), "the focus returns");
      assert.deepEqual(flaws, []);
    }
  },
);

steps.set(
  "a finger on a phone opens a cell, also of a matrix in another order and magnified",
  async (browser, { one }) => {
    await using opened = await openReport(browser, one, { viewport: phone, hasTouch: true });
    const { page } = opened;
    const chart = "#chart-2";
    await page.touchscreen.tap(...await placeOf(page, chart, 1, 0));
    assert.equal((await shown(page)).title, "Images of bison predicted as titi");
    await page.getByRole("button", { name: "Close" }).click();
    await closed(page);
    // By name: bison, siamang, titi.
    await page.locator("[data-for=chart-2] select").selectOption("by name");
    await page.touchscreen.tap(...await placeOf(page, chart, 2, 0));
    assert.equal((await shown(page)).title, "Images of bison predicted as titi");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Zoom in" }).click();
    await page.locator(`${chart} > .cursor`).focus();
    for (let presses = 0; presses < 3; presses++) await page.keyboard.press("ArrowDown");
    const range = await page.evaluate<number[]>(
      `document.querySelector("${chart}").layout.yaxis.range`,
    );
    assert.deepEqual(range, [2.5, 1], "the cursor's cell is in view");
    await page.keyboard.press("Enter");
    assert.equal(await hash(page), "#cell=1,1");
  },
);

steps.set("the numbers in tables lead to their images", async (browser, { one }) => {
  await using opened = await openReport(browser, one);
  const { page } = opened;
  await page.evaluate(
    `for (const each of document.querySelectorAll("details")) each.open = true`,
  );
  for (
    const [name, expected, images] of [
      ["1 of bison predicted as titi", "#cell=0,1", 1],
      ["Mistakes between bison and titi: 1", "#pair=0,1", 1],
      ["siamang", "#class=2", 4],
      ["70\u00a0% to 80\u00a0%", "#bin=7", 9],
    ] as const
  ) {
    await page.getByRole("link", { name, exact: true }).first().press("Enter");
    assert.equal((await shown(page)).ids.length, images, name);
    assert.equal(await hash(page), expected);
    await page.keyboard.press("Escape");
    await closed(page);
  }
});

steps.set(
  "an address shows what it showed, and back and forward lead there",
  async (browser, { one, two }) => {
    const link = "#bin=7&only=right&search=titi";
    await using opened = await openReport(browser, one, { hash: link });
    const { page } = opened;
    const { title, ids } = await shown(page);
    assert.equal(title, "Images with probabilities of 70\u00a0% to 80\u00a0%");
    assert.deepEqual(ids, [1, 2, 3].map((index) => `val/titi/${index}.png`));
    await page.keyboard.press("Escape");
    await closed(page);
    await page.evaluate("location.hash = '#cell=0,1'");
    assert.match((await shown(page)).title, /bison predicted as titi/);
    await page.goBack();
    await closed(page);
    await page.goBack();
    assert.deepEqual((await shown(page)).ids, ids);
    await page.goForward();
    await closed(page);
    await page.goForward();
    assert.match((await shown(page)).title, /bison predicted as titi/);
    for (const wrong of ["#cell=0,9", "#class=x", "#bin=10", "#cell=1", "#class=1&only=x"]) {
      await page.evaluate(`location.hash = "${wrong}"`);
      const told = page.getByText("This page has not all that the address names.");
      await told.waitFor();
    }
    await page.evaluate("location.hash = '#confusion'");
    await closed(page);
    await using both = await openReport(browser, two, { hash: "#run=2&class=1" });
    assert.equal((await shown(both.page)).title, "Images of titi (second)");
    assert.equal((await shown(both.page)).pictures, 4);
  },
);

steps.set(
  "images are searched and filtered by class, probability, and right or wrong",
  async (browser, { one }) => {
    await using opened = await openReport(browser, one);
    const { page } = opened;
    await page.getByRole("link", { name: "Search the 12 images" }).click();
    const count = async (): Promise<number> => (await shown(page)).ids.length;
    assert.equal(await count(), 12);
    const field = (name: string): Locator => page.locator(`dialog [name=${name}]`);
    await field("only").selectOption("wrong");
    assert.equal(await count(), 3);
    await field("actual").selectOption("titi");
    assert.equal(await count(), 1);
    assert.equal(await hash(page), "#class=1&only=wrong");
    await field("only").selectOption("");
    await field("bin").selectOption({ index: 8 });
    assert.equal(await count(), 3);
    await field("bin").selectOption("");
    await field("predicted").selectOption("bison");
    assert.equal(await count(), 0);
    await field("both").check();
    assert.deepEqual((await shown(page)).ids, ["val/bison/0.png"]);
    assert.equal(await hash(page), "#pair=1,0");
    await field("actual").selectOption("");
    await field("predicted").selectOption("");
    await field("search").fill("TITI/2");
    assert.deepEqual((await shown(page)).ids, ["val/titi/2.png"]);
    // Typing is no history: back leads to the page.
    await page.goBack();
    await closed(page);
  },
);

steps.set(
  "axe finds nothing where images are shown, and nothing sticks out",
  async (browser, { one, two }) => {
    for (const viewport of [phone, desk]) {
      for (const colorScheme of ["light", "dark"] as const) {
        for (const [path, hash] of [[one, "#class=1"], [two, "#run=2&images=all"]] as const) {
          await using opened = await openReport(browser, path, { viewport, colorScheme, hash });
          const { page, flaws } = opened;
          await shown(page);
          assert.deepEqual(await violations(page), []);
          const widths = await page.evaluate<number[]>(
            `[document.documentElement, document.querySelector("dialog")]
            .map((box) => box.scrollWidth - box.clientWidth)`,
          );
          assert.deepEqual(widths, [0, 0]);
          assert.deepEqual(flaws, []);
          await page.emulateMedia({ media: "print" });
          assert.equal(await page.locator("dialog").isVisible(), false, "it is not printed");
        }
      }
    }
  },
);

Deno.test({
  name: `a report answers clicks${chromium ? "" : " (skipped: there is no Chromium)"}`,
  ignore: !chromium,
  fn: (context) =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writePictures(data, threeClasses);
      const one = await makePicturedRun(join(folder, "first"), data);
      const two = await makePicturedRun(join(folder, "second"), data, { seed: 8 });
      const pages = { one: join(folder, "one.html"), two: join(folder, "two.html") };
      await writeReport([one.directory], { output: pages.one, explain: false });
      await writeReport([one.directory, two.directory], { output: pages.two, explain: false });
      await using browser = await openBrowser(chromium!);
      for (const [name, step] of steps) await context.step(name, () => step(browser, pages));
    }),
});
