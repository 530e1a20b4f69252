import assert from "node:assert/strict";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

/** What the page tells of a picture. */
export interface PageAnswer {
  readonly name: string;
  readonly probabilities: readonly number[];
  readonly engine: string;
  readonly milliseconds: number;
  /** Milliseconds from the page's start to its first answer. */
  readonly first: number;
}

/** Grad-CAM of a picture. */
export interface PageExplanation {
  readonly label: number;
  readonly width: number;
  readonly height: number;
  readonly values: readonly number[];
}

/** A page as a reader opened it, and what it did that it should not. */
export interface OpenedDemo extends AsyncDisposable {
  readonly page: Page;
  /** Messages, errors, and requests for anything but the page and what is beside it. */
  readonly flaws: string[];
}

/** Starts a browser with a camera that shows a moving picture, and asks nobody whether it may be used. */
export function openDemoBrowser(executablePath: string, ...more: string[]): Promise<Browser> {
  const camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
  // As root there is no sandbox; the pages are this machine's own.
  return chromium.launch({ executablePath, args: ["--no-sandbox", ...camera, ...more] });
}

/** How a page is looked at. */
export interface Look {
  readonly viewport?: { width: number; height: number };
  readonly colorScheme?: "light" | "dark";
  /** What is behind the address: `engine=wasm`. */
  readonly hash?: string;
}

/** Opens a page and waits until the net is ready. */
export async function openDemo(
  browser: Browser,
  path: string,
  { viewport = { width: 1280, height: 900 }, colorScheme = "light", hash = "" }: Look = {},
): Promise<OpenedDemo> {
  const page = await browser.newPage({ viewport, colorScheme });
  page.setDefaultTimeout(180_000);
  const address = pathToFileURL(path).href;
  const folder = address.slice(0, address.lastIndexOf("/") + 1);
  const flaws: string[] = [];
  page.on("console", (message) => {
    // Chromium itself says this where there is no graphics adapter.
    if (message.text() !== "No available adapters.") flaws.push(`console: ${message.text()}`);
  });
  page.on("pageerror", ({ message }) => flaws.push(`error: ${message}`));
  page.on("request", (request) => {
    const url = request.url();
    const isOwn = url.startsWith(`${folder}weights/`) || url.split("#")[0] === address;
    if (!url.startsWith("data:") && !isOwn) flaws.push(`request: ${url.slice(0, 100)}`);
  });
  await page.addInitScript(`
    globalThis.told = { answer: [], explanation: [] };
    for (const type of Object.keys(told)) {
      addEventListener(type, ({ detail }) => told[type].push(detail), true);
    }`);
  await page.goto(`${address}#${hash}`);
  await page.locator("#status", { hasText: /Ready|the net sees|cannot/ }).waitFor();
  return { page, flaws, [Symbol.asyncDispose]: () => page.close() };
}

/** Waits until as many answers, or explanations, are told, and returns all of them. */
export async function told<Type extends "answer" | "explanation">(
  page: Page,
  type: Type,
  count: number,
): Promise<(Type extends "answer" ? PageAnswer : PageExplanation)[]> {
  for (let tries = 0; tries < 3000; tries++) {
    if (await page.evaluate<number>(`told.${type}.length`) >= count) break;
    const error = await page.evaluate<string>(
      `document.querySelector("#status.error")?.textContent ?? ""`,
    );
    assert.equal(error, "");
    await page.waitForTimeout(100);
  }
  return await page.evaluate(`told.${type}`);
}

/** What axe finds wrong, a line each. */
export async function axeFindings(page: Page): Promise<string[]> {
  const axe = await Deno.readTextFile(fileURLToPath(import.meta.resolve("axe-core")));
  await page.evaluate(axe);
  return await page.evaluate<string[]>(
    `axe.run().then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" | ")))`,
  );
}
