import { basename, join } from "@std/path";
import assert from "node:assert/strict";
import sharp, { type Sharp } from "sharp";
import type { Browser, Page } from "playwright-core";
import { encodePng } from "../../lib/data/images/encode_png.ts";
import { loadDataset } from "../../lib/data/open_dataset.ts";
import { writeDemo } from "../../lib/demo/write_demo.ts";
import { train } from "../../lib/training/train.ts";
import { vgg } from "../cli/support.ts";
import { inFolder } from "../in_folder.ts";
import { findChromium } from "../notebooks/browser.ts";
import { correlation, explainAll, indexOfMax, largestDifference, predictAll } from "./compare.ts";
import { axeFindings, openDemo, openDemoBrowser, told } from "./demo_browser.ts";

const chromium = await findChromium();
const note = chromium ? "" : " (skipped: there is no Chromium)";

const phone = { width: 390, height: 844 }, desk = { width: 1280, height: 900 };
const size = 32;

/** Trains a net for a few seconds, and writes its validation images as files. */
async function makeRun(folder: string): Promise<{ run: string; files: string[] }> {
  const run = join(folder, "run");
  const load = { perClass: 60 };
  await train({
    // Browsers compute in float32.
    precision: "float32",
    ...{ data: "drawn10", load, run },
    network: { configuration: "A", inputSize: size, width: 0.25, batchNorm: true },
    changes: { epochs: 3 },
  });
  const { validation } = await loadDataset("drawn10", load);
  const files: string[] = [];
  for (let index = 0; index < validation.length; index++) {
    const image = await validation.image(index, { mode: "stretch", size });
    files.push(join(folder, `${index}.png`));
    await Deno.writeFile(files.at(-1)!, await encodePng(image));
  }
  return { run, files };
}

/** Photographs of other sizes and formats, one of them turned by its EXIF entry. */
async function writePhotos(folder: string): Promise<string[]> {
  const image = await loadDataset("drawn10", { perClass: 2 }).then(({ train }) =>
    train.image(3, { mode: "stretch", size: 90 })
  );
  const raw = { width: 90, height: 90, channels: 3 } as const;
  const wide = (): Sharp =>
    sharp(image.data, { raw }).extract({ left: 0, top: 9, width: 90, height: 70 });
  const photos: readonly (readonly [string, Sharp])[] = [
    ["small.png", sharp(image.data, { raw }).resize(20, 24)],
    ["wide.bmp.png", wide().png()],
    ["plain.jpg", wide().jpeg({ quality: 95 })],
    ["turned.jpg", wide().withMetadata({ orientation: 6 }).jpeg({ quality: 95 })],
    ["gray.png", wide().grayscale()],
    ["profile.png", wide().withIccProfile("p3")],
  ];
  return await Promise.all(photos.map(async ([name, photo]) => {
    const path = join(folder, name);
    await photo.toFile(path);
    return path;
  }));
}

Deno.test({
  name: `a demo in Chromium, from the file system${note}`,
  ignore: !chromium,
  fn: (context) =>
    inFolder(async (folder) => {
      const { run, files } = await makeRun(folder);
      const expected = await predictAll(run, files);
      await using browser = await openDemoBrowser(chromium!, "--disable-gpu");

      await context.step("the task writes it with its permissions", async () => {
        const { code, out, err } = await vgg(["demo", "--run", run]);
        assert.equal(code, 0, err);
        assert.match(out, /^demo +\S+run\/demo\.html \(\d\.\d MB\)\ntop-1 +\d+\.\d % as float16, /);
        const { size } = await Deno.stat(join(run, "demo.html"));
        assert.ok(size < 8e6, `${size} bytes`);
      });

      for (
        const [viewport, colorScheme] of [
          [phone, "light"],
          [phone, "dark"],
          [desk, "light"],
          [desk, "dark"],
        ] as const
      ) {
        await context.step(`${viewport.width} px, ${colorScheme}`, async () => {
          const path = join(run, "demo.html");
          await using opened = await openDemo(browser, path, { viewport, colorScheme });
          const { page, flaws } = opened;
          await told(page, "explanation", 1);
          assert.equal(await page.evaluate("document.documentElement.scrollWidth"), viewport.width);
          assert.deepEqual(await axeFindings(page), []);
          assert.deepEqual(flaws, []);
          const screenshots = Deno.env.get("VGG_SCREENSHOTS");
          if (screenshots) {
            const name = `demo-${viewport.width}-${colorScheme}.png`;
            await page.screenshot({ path: join(screenshots, name), fullPage: true });
          }
        });
      }

      await context.step("float16: the classes of predict, its probabilities to 1e-2", async () => {
        await using opened = await openDemo(browser, join(run, "demo.html"));
        const { page, flaws } = opened;
        await page.locator("#heat").uncheck(); // Takes longer than the answers.
        await page.setInputFiles("#file", files);
        const answers = (await told(page, "answer", 1 + files.length)).slice(1);
        const same = answers.filter(({ name, probabilities }) =>
          indexOfMax(probabilities as number[]) === indexOfMax(expected.get(name)!)
        );
        assert.ok(same.length >= 0.99 * files.length, `${same.length} of ${files.length}`);
        for (const { name, probabilities } of answers) {
          assert.ok(largestDifference(probabilities, expected.get(name)!) < 1e-2, name);
        }
        assert.deepEqual(flaws, []);
      });

      await context.step(
        "float32: the probabilities of predict to 1e-3, of any picture",
        async () => {
          const output = join(folder, "float32.html");
          const { accuracy } = await writeDemo(run, { output, precision: "float32" });
          assert.equal(accuracy!.stored, accuracy!.original);
          const right = [...expected.values()].filter((probabilities, index) =>
            indexOfMax(probabilities) === Math.floor(index / (files.length / 10))
          );
          assert.ok(Math.abs(accuracy!.original - right.length / files.length) < 0.01);
          const some = [
            ...files.filter((_, index) => index % 10 === 0),
            ...await writePhotos(folder),
          ];
          const theirs = await predictAll(run, some);
          await using opened = await openDemo(browser, output);
          const { page } = opened;
          await page.setInputFiles("#file", some);
          const answers = (await told(page, "answer", 1 + some.length)).slice(1);
          assert.equal(answers.length, some.length);
          for (const { name, probabilities } of answers) {
            const difference = largestDifference(probabilities, theirs.get(name)!);
            assert.ok(difference < 1e-3, `${name}: ${difference}`);
          }
        },
      );

      await context.step("Grad-CAM of each class is the library's", async () => {
        const output = join(folder, "float32.html");
        await using opened = await openDemo(browser, output);
        const { page } = opened;
        await page.setInputFiles("#file", files[3]!);
        const theirs = await explainAll(run, files[3]!);
        await told(page, "explanation", 2);
        for (const index of [1, 2, 3, 4]) {
          await page.locator(".top button").nth(index).click();
          const { label, values } = (await told(page, "explanation", 2 + index)).at(-1)!;
          assert.equal(values.length, 4);
          const largest = Math.max(...theirs[label]!);
          values.forEach((value, at) =>
            assert.ok(Math.abs(value - theirs[label]![at]!) < 1e-3 * largest + 1e-6)
          );
        }
      });

      await context.step("int8 costs accuracy, and the page says how much", async () => {
        const output = join(folder, "int8.html");
        const { accuracy, bytes } = await writeDemo(run, { output, precision: "int8" });
        assert.ok(bytes < (await Deno.stat(join(run, "demo.html"))).size);
        assert.ok(Math.abs(accuracy!.stored - accuracy!.original) < 0.05);
        await using opened = await openDemo(browser, output);
        const text = await opened.page.locator("[aria-labelledby=about]").textContent();
        assert.match(text!, /stored as int8\. Of 500 validation pictures/);
        assert.ok(text!.includes(`of ${(100 * accuracy!.stored).toFixed(1)} %, and the net as`));
      });

      await context.step(
        "by keyboard: a sample, a file, classes, Grad-CAM and the camera",
        async () => {
          await using opened = await openDemo(browser, join(run, "demo.html"));
          await worksByKeyboard(opened.page, files[7]!);
          assert.deepEqual(opened.flaws, []);
        },
      );

      await context.step("a dropped and a pasted picture, and what is none", async () => {
        await using opened = await openDemo(browser, join(run, "demo.html"));
        const { page } = opened;
        const base64 = (await Deno.readFile(files[3]!)).toBase64();
        for (const type of ["drop", "paste"]) {
          await page.evaluate(`{
            const bytes = Uint8Array.from(atob("${base64}"), (letter) => letter.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], "${type}.png"));
            const Kind = ${type === "drop" ? "DragEvent" : "ClipboardEvent"};
            document.body.dispatchEvent(new Kind("${type}",
              { dataTransfer: data, clipboardData: data, bubbles: true }));
          }`);
          await page.locator("#status", { hasText: `In ${type}.png the net sees` }).waitFor();
        }
        const answers = await told(page, "answer", 3);
        assert.deepEqual(answers[1]!.probabilities, answers[2]!.probabilities);
        const difference = largestDifference(answers[1]!.probabilities, expected.get("3.png")!);
        assert.ok(difference < 1e-2);
        const cut = join(folder, "cut.png"), notes = join(folder, "notes.txt");
        await Deno.writeFile(cut, (await Deno.readFile(files[3]!)).subarray(0, 500));
        await Deno.writeTextFile(notes, "some notes");
        for (
          const [path, words] of [[cut, "cut.png: the file is cut off"], [
            notes,
            "notes.txt: it is a text",
          ]]
        ) {
          await page.setInputFiles("#file", path!);
          await page.locator("#status.error", { hasText: words! }).waitFor();
        }
        assert.deepEqual(opened.flaws, []);
      });

      await context.step("lets no request out", async () => {
        await using opened = await openDemo(browser, join(run, "demo.html"));
        const sent = await opened.page.evaluate<string>(
          `fetch("http://127.0.0.1:9/").then(() => "sent", (error) => error.name)`,
        );
        assert.equal(sent, "TypeError");
        assert.match(opened.flaws.join(), /Content Security Policy/);
      });

      await context.step("WebGPU computes the same", async (step) => {
        await using graphics = await openDemoBrowser(
          chromium!,
          "--enable-unsafe-webgpu",
          "--use-webgpu-adapter=swiftshader",
        );
        await webgpuComputesTheSame(graphics, join(run, "demo.html"), files[3]!, step);
      });
    }),
});

async function webgpuComputesTheSame(
  browser: Browser,
  path: string,
  file: string,
  { name }: Deno.TestContext,
): Promise<void> {
  const answers = [];
  for (const hash of ["engine=webgpu", "engine=wasm"]) {
    await using opened = await openDemo(browser, path, { hash });
    const { page } = opened;
    const status = await page.locator("#status").textContent();
    if (/has no WebGPU/.test(status!)) {
      // deno-lint-ignore no-console -- the test's own note
      console.warn(`${name}: skipped, this Chromium has no adapter`);
      return;
    }
    await page.setInputFiles("#file", file);
    const [, answer] = await told(page, "answer", 2);
    const [, explanation] = await told(page, "explanation", 2);
    answers.push({ ...answer!, explanation: explanation! });
    assert.deepEqual(opened.flaws, []);
  }
  const [gpu, wasm] = answers;
  assert.deepEqual([gpu!.engine, wasm!.engine], ["WebGPU", "WebAssembly"]);
  assert.ok(largestDifference(gpu!.probabilities, wasm!.probabilities) < 1e-4);
  assert.ok(correlation(gpu!.explanation.values, wasm!.explanation.values) > 0.999);
}

async function worksByKeyboard(page: Page, file: string): Promise<void> {
  const focused = (): Promise<string> =>
    page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()");
  await told(page, "explanation", 1);
  // Everything that is clicked is reached by Tab, in the order of the page.
  const reached: string[] = [];
  for (let presses = 0; presses < 20; presses++) {
    await page.keyboard.press("Tab");
    reached.push(await focused());
  }
  const names = ["file", "camera", "bucket", "gyromitra", "heat", "Its 10 classes"];
  assert.deepEqual(reached.filter((name) => names.includes(name)).slice(0, 6), names);

  await page.getByRole("button", { name: "the validation picture of bison" }).press("Enter");
  await page.locator("#status", { hasText: "In the validation picture of bison the net" })
    .waitFor();
  const pressed = page.locator(".samples [aria-pressed=true]");
  assert.match(await pressed.textContent() ?? "", /bison/);

  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.locator("#file").press("Enter"),
  ]);
  await chooser.setFiles(file);
  await page.locator("#status", { hasText: `In ${basename(file)} the net sees` }).waitFor();
  assert.equal(await pressed.count(), 0);

  const rows = page.locator(".top button");
  assert.equal(await rows.count(), 5);
  const before = (await told(page, "explanation", 3)).length;
  await rows.nth(2).press("Enter");
  const explanations = await told(page, "explanation", before + 1);
  assert.equal(String(explanations.at(-1)!.label), await rows.nth(2).getAttribute("data-label"));
  assert.equal(await rows.nth(2).getAttribute("aria-pressed"), "true");
  assert.equal(
    await page.locator("#heat-class").textContent(),
    await rows.nth(2).locator(".name").textContent(),
  );

  const pixels = (): Promise<string> =>
    page.evaluate("document.querySelector('canvas').toDataURL()");
  const colored = await pixels();
  await page.locator("#heat").press("Space");
  await page.getByRole("img", { name: "The picture", exact: true }).waitFor();
  assert.notEqual(await pixels(), colored);

  await page.locator("#camera").press("Enter");
  await page.getByRole("dialog").waitFor();
  assert.deepEqual(await axeFindings(page), []);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.locator("#camera").press("Enter");
  await page.getByRole("button", { name: "Take the picture" }).press("Enter");
  await page.locator("#status", { hasText: "In the camera's picture the net sees" }).waitFor();
  assert.equal(await page.evaluate("document.querySelector('video').srcObject"), null);
}
