import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";

/** Windows of a phone and of a desk, in pixels. */
export const phone = { width: 390, height: 844 }, desk = { width: 1280, height: 900 };

/** A page as a reader opened it, and what it did that it should not. */
export interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** Errors, and requests for anything but the page and what is in it. */
  readonly flaws: string[];
}

/** Opens a report from the file system. */
export async function openReport(
  browser: Browser,
  path: string,
  { viewport = desk, colorScheme = "light", hash = "", hasTouch = false }: {
    readonly viewport?: typeof desk;
    readonly colorScheme?: "light" | "dark";
    readonly hash?: string;
    readonly hasTouch?: boolean;
  } = {},
): Promise<Opened> {
  const page = await browser.newPage({ viewport, colorScheme, hasTouch });
  const address = pathToFileURL(path).href;
  const flaws: string[] = [];
  page.on("console", (message) => flaws.push(`console: ${message.text()}`));
  page.on("pageerror", ({ message }) => flaws.push(`error: ${message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("data:") && url !== address) flaws.push(`request: ${url.slice(0, 100)}`);
  });
  await page.goto(address + hash);
  return { page, flaws, [Symbol.asyncDispose]: () => page.close() };
}

/** What axe finds wrong, a line each. */
export async function violations(page: Page): Promise<string[]> {
  const axe = await Deno.readTextFile(fileURLToPath(import.meta.resolve("axe-core")));
  await page.evaluate(axe);
  return await page.evaluate<string[]>(
    `axe.run().then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" | ")))`,
  );
}
