import { join } from "@std/path";
import assert from "node:assert/strict";
import { exploreData, writeExploration } from "../../lib/explore/mod.ts";
import { inFolder } from "../in_folder.ts";
import { findChromium, openBrowser } from "../notebooks/browser.ts";
import { layoutFlaws } from "../report/layout.ts";
import { chartFacts, desk, openReport, phone, violations } from "../report/open_report.ts";
import { plantDuplicates } from "./planted.ts";

const chromium = await findChromium();
const note = chromium ? "" : " (skipped: there is no Chromium)";

/** A class and a picture whose names try to be markup. */
const hostile = `<img src=x onerror=alert(1)>`;

Deno.test({
  name: `the page of explore in Chromium, from the file system${note}`,
  ignore: !chromium,
  fn: (context) =>
    inFolder(async (folder) => {
      const data = join(folder, `data ${hostile.slice(1, 9)}`);
      await plantDuplicates(data);
      await Deno.mkdir(join(data, "train", hostile));
      for (const to of [`${hostile}.png`, "b.png"]) {
        await Deno.copyFile(
          join(data, "train/bison/1.png"),
          join(data, "train", hostile, to),
        );
      }
      const output = join(folder, "page.html");
      await writeExploration(await exploreData(data), { output });
      await using browser = await openBrowser(chromium!);
      for (
        const [viewport, scheme] of [
          ...[[phone, "light"], [phone, "dark"], [desk, "light"], [desk, "dark"]] as const,
        ]
      ) {
        await context.step(`${viewport.width} px, ${scheme}`, async () => {
          await using opened = await openReport(browser, output, {
            viewport,
            colorScheme: scheme,
          });
          const { page, flaws } = opened;
          const charts = await chartFacts(page);
          assert.equal(charts.length, 5);
          const paper = scheme === "dark" ? /^rgb\(26, 28, 31\)/ : /^rgb\(255, 255, 255\)/;
          for (const chart of charts) {
            assert.ok(chart.marks > 0, "a chart is not drawn");
            assert.match(chart.paper, paper);
          }
          const broken = `[...document.images].filter((image) => image.naturalWidth === 0).length`;
          assert.equal(await page.evaluate(broken), 0);
          assert.ok(await page.evaluate<number>("document.images.length") > 50);
          assert.match(
            await page.locator("main > div").first().textContent() ?? "",
            /LEAK: 2 of 8/,
          );
          assert.ok((await page.evaluate<string>("document.body.innerText")).includes(hostile));
          assert.deepEqual(await layoutFlaws(page), []);
          assert.deepEqual(await violations(page), []);
          assert.deepEqual(flaws, []);
        });
      }
    }),
});
