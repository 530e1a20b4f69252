import type { Browser, Page } from "playwright-core";

/** Milliseconds that a notebook may take to open. */
const opening = 120_000;

/**
 * Opens a notebook without outputs in JupyterLab as a reader does, runs all cells, saves it and ends
 * its kernel.
 *
 * @param url The notebook's address, with the token.
 * @param patience Milliseconds that all cells together may take.
 */
export async function runAll(browser: Browser, url: string, patience: number): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(opening);
  try {
    await page.goto(url);
    await page.locator(".jp-Notebook .jp-CodeCell").first().waitFor();
    // Without a kernel JupyterLab would ask for one.
    await page.waitForFunction("jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel");
    await page.evaluate("jupyterapp.shell.currentWidget.sessionContext.ready");
    await page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.info");
    await command(page, "notebook:run-all-cells");
    // A cell that runs or waits shows a star.
    await page.waitForFunction(
      `![...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")]
        .some(({ textContent }) => textContent.includes("*"))`,
      undefined,
      { timeout: patience },
    );
    await command(page, "docmanager:save");
    await page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()");
  } finally {
    await page.close();
  }
}

/** Calls a command of JupyterLab, as its menus do, and waits until it is done. */
async function command(page: Page, name: string): Promise<void> {
  await page.evaluate(`jupyterapp.commands.execute("${name}")`);
}
