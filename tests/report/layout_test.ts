import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { findChromium, openBrowser } from "../notebooks/browser.ts";
import { inFolder } from "../in_folder.ts";
import { writeHardReports } from "./hard_runs.ts";
import { layoutFlaws } from "./layout.ts";
import { pageFlaws, readPdf } from "./pdf.ts";

const chromium = await findChromium();
const note = chromium ? "" : " (skipped: there is no Chromium)";
const looks = [
  { width: 390, colorScheme: "light" },
  { width: 390, colorScheme: "dark" },
  { width: 1280, colorScheme: "dark" },
  { width: 1280, colorScheme: "light" },
] as const;

/** What is wrong with a report in all looks and on both sizes of paper, a line each; of a large one in fewer. */
async function flawsOf(page: Page, path: string, isLarge: boolean): Promise<string[]> {
  const flaws: string[] = [];
  await page.setViewportSize({ width: 390, height: 900 });
  await page.goto(pathToFileURL(path).href);
  await page.evaluate(
    `for (const details of document.querySelectorAll("details")) details.open = true`,
  );
  for (const { width, colorScheme } of isLarge ? looks.slice(1, 3) : looks) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(300);
    const found = await layoutFlaws(page);
    flaws.push(...found.map((flaw) => `${width} px, ${colorScheme}: ${flaw}`));
  }
  const headings = new Set(await page.locator("h2, h3, h4").allTextContents());
  for (const format of isLarge ? ["A4"] : ["A4", "Letter"]) {
    const pages = await readPdf(new Uint8Array(await page.pdf({ format })));
    assert.ok(pages.length > 1);
    flaws.push(...pageFlaws(pages, headings).map((flaw) => `${format}: ${flaw}`));
  }
  return flaws;
}

Deno.test({
  name: `reports on phone, desk and paper${note}`,
  ignore: !chromium,
  fn: (context) =>
    inFolder(async (folder) => {
      const reports = await writeHardReports(folder);
      const browser = await openBrowser(chromium!);
      try {
        const page = await browser.newPage();
        for (const [name, path] of reports) {
          await context.step(`${name}: nothing is cut, and pages are divided well`, async () => {
            assert.deepEqual(await flawsOf(page, path, name === "20 runs"), []);
          });
        }
      } finally {
        await browser.close();
      }
    }),
});

Deno.test({
  name: `the measures find what is cut${note}`,
  ignore: !chromium,
  fn: async () => {
    const browser = await openBrowser(chromium!);
    try {
      const page = await browser.newPage({ viewport: { width: 390, height: 900 } });
      await page.setContent(`<p style="width: 500px">wide</p><div class="scroll"
        style="overflow: auto; width: 50px"><p style="width: 90px">more</p></div>
        <div style="overflow: hidden; width: 20px; white-space: nowrap">much too long</div>
        <div><div class="plot"><svg class="main-svg" width="50" height="20">
        <text x="45" y="15">cut</text></svg></div></div>`);
      const found = (await layoutFlaws(page)).join("\n");
      for (const flaw of [/sideways/, /beyond/, /without a hint/, /clipped/, /a text cut/]) {
        assert.match(found, flaw);
      }
      await page.setContent(`<p>first</p><h2>Orphan</h2><p style="break-before: page">next</p>
        <p style="break-before: page; white-space: nowrap">${"cut ".repeat(99)}</p>`);
      const pages = await readPdf(
        new Uint8Array(await page.pdf({ margin: { left: "15mm", top: "15mm" } })),
      );
      const flaws = pageFlaws(pages, new Set(["Orphan"])).join("\n");
      for (const flaw of [/page 1 is . % full/, /page 1 ends/, /page 3 cuts/]) {
        assert.match(flaws, flaw);
      }
    } finally {
      await browser.close();
    }
  },
});
