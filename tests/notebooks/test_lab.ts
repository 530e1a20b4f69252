import { join } from "@std/path";
import type { Browser } from "playwright-core";
import { replaceFile } from "../../lib/files/replace_file.ts";
import { startLab } from "../../lib/jupyter/lab/start_lab.ts";
import { openBrowser } from "./browser.ts";
import { notebookTools } from "./environment.ts";

/** A JupyterLab and a browser for a test. */
export interface TestLab {
  readonly browser: Browser;
  /** The address of a notebook, a path in the project folder, in a workspace without other tabs. */
  url(notebook: string): string;
}

/** Calls `use` with a JupyterLab that has settings of its own and draws all cells. */
export async function withLab(
  chromium: string,
  use: (lab: TestLab) => Promise<void>,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const settings = await Deno.makeTempDir({ prefix: "vgg-lab-" });
  // JupyterLab draws what is in sight alone, unless it is told otherwise.
  const path = join(settings, "@jupyterlab/notebook-extension/tracker.jupyterlab-settings");
  await replaceFile(path, JSON.stringify({ windowingMode: "none" }));
  // Its commands can then be called as the menus call them.
  const config = { LabApp: { expose_app_in_browser: true } };
  await replaceFile(join(settings, "jupyter_server_config.json"), JSON.stringify(config));
  const jupyter = await notebookTools();
  const env = {
    ...jupyter.env,
    ...more,
    JUPYTER_CONFIG_PATH: settings,
    JUPYTERLAB_SETTINGS_DIR: settings,
    JUPYTERLAB_WORKSPACES_DIR: settings,
  };
  const ending = new AbortController();
  const first = "README.md";
  const lab = await startLab({ ...jupyter, env }, {
    port: freePort(),
    notebook: first,
    browser: false,
    idleSeconds: 3600,
    signal: ending.signal,
  });
  const browser = await openBrowser(chromium);
  let workspaces = 0;
  try {
    await use({
      browser,
      url: (notebook) =>
        lab.url.replace(`tree/${first}`, `workspaces/${workspaces++}/tree/${notebook}`),
    });
  } finally {
    await browser.close();
    ending.abort();
    await lab.ended;
    await Deno.remove(settings, { recursive: true });
  }
}

/** A port that is free now. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}
