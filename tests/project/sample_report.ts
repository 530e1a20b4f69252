/**
 * Makes docs/report.webp and docs/sample_report.pdf of a run's report, in Chromium:
 * `deno task report --run DIR && deno task dev:sample-report DIR`.
 */
import { join, resolve } from "@std/path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import sharp from "sharp";
import { findChromium } from "../notebooks/browser.ts";

const [run] = Deno.args;
const executablePath = await findChromium();
if (!run || !executablePath) throw new Error("a run's folder and a Chromium are needed");
const docs = join(import.meta.dirname!, "..", "..", "docs");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  const page = await browser.newPage({ viewport: { width: 1180, height: 830 } });
  await page.goto(pathToFileURL(resolve(run, "report.html")).href);
  await page.waitForTimeout(6000);
  const picture = await page.screenshot();
  await sharp(picture).webp({ quality: 82, effort: 6 }).toFile(join(docs, "report.webp"));
  // Figures are drawn once they are seen.
  for (let top = 0; top < 15_000; top += 700) {
    await page.evaluate(`scrollTo(0, ${top})`);
    await page.waitForTimeout(300);
  }
  await page.pdf({ path: join(docs, "sample_report.pdf"), format: "A4", printBackground: true });
} finally {
  await browser.close();
}
