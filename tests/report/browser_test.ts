import { join } from "@std/path";
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { findChromium, openBrowser } from "../notebooks/browser.ts";
import { makeRun, pageOf, threeClasses } from "./example_runs.ts";
import { desk, type Opened, openReport, phone, violations } from "./open_report.ts";

const chromium = await findChromium();
const note = chromium ? "" : " (skipped: there is no Chromium)";

/** How many marks a chart has, what it is drawn on, and how wide it is. */
function chartFacts(page: Page): Promise<{ marks: number; paper: string; width: number }[]> {
  return page.evaluate(
    `Array.from(document.querySelectorAll(".plot"), (plot) => ({
      marks: plot.querySelectorAll(".trace, .point, .heatmaplayer image, .textpoint").length,
      paper: getComputedStyle(plot.querySelector(".main-svg")).background,
      width: plot.getBoundingClientRect().width,
    }))`,
  );
}

const command = "deno task train --data '<my photos>' --epochs 6";

/** Two runs, one of them with names that try to be markup. */
async function writePages(folder: string): Promise<{ one: string; two: string }> {
  const hostile = `"><img src="x" onerror="document.title='taken'"><script>alert(1)</script>`;
  const classes = [...threeClasses, { id: hostile, name: hostile }];
  const plain = await makeRun(join(folder, "plain"), threeClasses, { command });
  const other = await makeRun(join(folder, "other"), classes, { seed: 8, warnings: [hostile] });
  await other.update({ name: hostile });
  const one = join(folder, "one.html"), two = join(folder, "two.html");
  await Deno.writeTextFile(one, await pageOf([plain.directory], folder));
  await Deno.writeTextFile(two, await pageOf([plain.directory, other.directory], folder));
  return { one, two };
}

Deno.test({
  name: `a report in Chromium, from the file system${note}`,
  ignore: !chromium,
  fn: async (context) => {
    const folder = await Deno.makeTempDir();
    const browser = await openBrowser(chromium!);
    try {
      const { one, two } = await writePages(folder);
      const looks = [
        [one, phone, "light"],
        [one, desk, "dark"],
        [two, phone, "dark"],
        [two, desk, "light"],
      ] as const;
      for (const [path, viewport, scheme] of looks) {
        const runs = path === one ? "one run" : "two runs";
        await context.step(`${runs}, ${viewport.width} px, ${scheme}`, async () => {
          await using opened = await openReport(browser, path, { viewport, colorScheme: scheme });
          await isSound(opened, viewport.width);
        });
      }
      await context.step("charts are dark where the reader is", async () => {
        await using light = await openReport(browser, one),
          dark = await openReport(browser, one, { colorScheme: "dark" });
        const [bright] = await chartFacts(light.page), [dim] = await chartFacts(dark.page);
        assert.match(bright!.paper, /^rgb\(255, 255, 255\)/);
        assert.match(dim!.paper, /^rgb\(26, 28, 31\)/);
        await dark.page.emulateMedia({ colorScheme: "light" });
        // The page lets no text be run as a program, which pending for a function comes to.
        for (let tries = 0; tries < 50; tries++) {
          if (/^rgb\(255, 255, 255\)/.test((await chartFacts(dark.page))[0]!.paper)) break;
          await dark.page.waitForTimeout(100);
        }
        assert.match((await chartFacts(dark.page))[0]!.paper, /^rgb\(255, 255, 255\)/);
      });
      await context.step("names that try to be markup are names", async () => {
        await using opened = await openReport(browser, two);
        assert.equal(await opened.page.title(), "2 runs compared");
        const heading = await opened.page.locator("#run-2").textContent();
        assert.match(heading ?? "", /^"><img src="x"/);
        assert.equal(await opened.page.locator("img[src='x']").count(), 0);
      });
      await context.step("a matrix is ordered and magnified by keyboard", async () => {
        await using opened = await openReport(browser, one);
        await ordersAndZooms(opened.page);
        assert.deepEqual(opened.flaws, []);
      });
      await context.step("tables are sorted by their heads", async () => {
        await using opened = await openReport(browser, one);
        await sorts(opened.page);
      });
      await context.step("the command is copied", async () => {
        await using opened = await openReport(browser, one);
        await opened.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
        await opened.page.getByRole("button", { name: "Copy" }).press("Enter");
        await opened.page.getByRole("button", { name: "Copied" }).waitFor();
        const copied = await opened.page.evaluate("navigator.clipboard.readText()");
        assert.equal(copied, command);
      });
      await context.step("is printed in light, with all numbers", async () => {
        await using opened = await openReport(browser, one, { colorScheme: "dark" });
        await opened.page.emulateMedia({ media: "print" });
        await opened.page.evaluate("dispatchEvent(new Event('beforeprint'))");
        const [chart] = await chartFacts(opened.page);
        assert.match(chart!.paper, /^rgb\(255, 255, 255\)/);
        assert.ok(chart!.width <= 680);
        assert.equal(await opened.page.locator("details:not([open])").count(), 0);
        assert.equal(await opened.page.locator("nav").isVisible(), false);
      });
      await context.step("lets no request out", async () => {
        await using opened = await openReport(browser, one);
        const sent = await opened.page.evaluate<string>(
          `fetch("http://127.0.0.1:9/").then(() => "sent", (error) => error.name)`,
        );
        assert.equal(sent, "TypeError");
        assert.match(opened.flaws.join(), /Content Security Policy/);
      });
    } finally {
      await browser.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** Every chart is drawn, nothing sticks out, axe finds nothing, and nothing was asked for. */
async function isSound({ page, flaws }: Opened, width: number): Promise<void> {
  const charts = await chartFacts(page);
  assert.ok(charts.length >= 6, `${charts.length} charts`);
  for (const { marks } of charts) assert.ok(marks > 0, "a chart is not drawn");
  assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(flaws, []);
}

/** What the matrix's vertical axis says from top to bottom. */
function ticks(page: Page): Promise<string[]> {
  return page.evaluate(
    `Array.from(document.querySelectorAll("#chart-2 .ytick text"), (tick) => tick.textContent)`,
  );
}

/** What the matrix says of the cell in its middle when the mouse is there. */
async function hoverMiddle(page: Page): Promise<string> {
  await page.locator("#chart-2 .nsewdrag").hover();
  return await page.locator("#chart-2 .hoverlayer text").textContent() ?? "";
}

async function ordersAndZooms(page: Page): Promise<void> {
  assert.deepEqual(await ticks(page), ["bison", "titi", "siamang"]);
  assert.match(await hoverMiddle(page), /^3 of 4 images of titi/);
  await page.locator("[data-for=chart-2] select").selectOption("by name");
  assert.deepEqual(await ticks(page), ["bison", "siamang", "titi"]);
  assert.match(await hoverMiddle(page), /^3 of 4 images of siamang/);
  const range = (): Promise<number[]> =>
    page.evaluate(`document.getElementById("chart-2").layout.yaxis.range`);
  assert.deepEqual(await range(), [2.5, -0.5]);
  await page.getByRole("button", { name: "Zoom in" }).focus();
  await page.keyboard.press("Enter");
  assert.deepEqual(await range(), [1.75, 0.25]);
  await page.keyboard.press("ArrowUp");
  assert.deepEqual(await range(), [1.375, -0.125]);
  for (let presses = 0; presses < 9; presses++) await page.keyboard.press("ArrowDown");
  assert.deepEqual(await range(), [2.5, 1]);
  await page.getByRole("button", { name: "Reset axes" }).press("Enter");
  assert.deepEqual(await range(), [2.5, -0.5]);
}

async function sorts(page: Page): Promise<void> {
  const table = page.locator("[aria-labelledby=classes] table");
  const head = table.getByRole("button", { name: "Class" });
  const first = table.locator("tbody tr").first();
  await head.press("Enter");
  assert.match(await first.textContent() ?? "", /^bison/);
  assert.equal(await table.locator("th[aria-sort]").getAttribute("aria-sort"), "ascending");
  await head.press("Enter");
  assert.match(await first.textContent() ?? "", /^titi/);
  assert.equal(await table.locator("th[aria-sort]").getAttribute("aria-sort"), "descending");
}

Deno.test({
  name: `axe finds what a page does wrong${note}`,
  ignore: !chromium,
  fn: async () => {
    const browser = await openBrowser(chromium!);
    try {
      const page = await browser.newPage();
      await page.setContent("<img src='data:,'>");
      assert.match((await violations(page)).join(), /image-alt/);
    } finally {
      await browser.close();
    }
  },
});
