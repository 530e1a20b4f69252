import type { Browser, Page } from "playwright-core";

/** Milliseconds that a notebook may take to open. */
const opening = 120_000;

/**
 * Opens a notebook without outputs in JupyterLab as a reader does, runs all cells and saves it.
 *
 * @param url The notebook's address, with the token.
 * @param patience Milliseconds that all cells together may take.
 */
export async function runAll(browser: Browser, url: string, patience: number): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  try {
    await page.goto(url);
    await page.locator(".jp-Notebook .jp-CodeCell").first().waitFor({ timeout: opening });
    await idle(page, opening);
    await choose(page, "Run", "Run All Cells");
    await page.waitForFunction(
      `[...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")]
        .every(({ textContent }) => /[0-9]/.test(textContent))`,
      undefined,
      { timeout: patience },
    );
    await idle(page, patience);
    await choose(page, "File", "Save Notebook");
    await page.locator(".jp-mod-dirty").waitFor({ state: "detached", timeout: opening });
  } finally {
    await page.close();
  }
}

async function choose(page: Page, menu: string, item: string): Promise<void> {
  await page.locator(".lm-MenuBar-itemLabel", { hasText: menu }).first().click();
  await page.locator(".lm-Menu-itemLabel", { hasText: item }).first().click();
}

/** Waits until the kernel says that it has nothing to do. */
async function idle(page: Page, patience: number): Promise<void> {
  await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
    .waitFor({ timeout: patience });
}
