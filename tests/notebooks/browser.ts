import { join } from "@std/path";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";

/** A laptop's window, in pixels. */
const viewport = { width: 1440, height: 1000 };
/** Milliseconds in which something must be drawn. */
const patience = 180_000;
/** Pixels of a side below which an image is a sign that there is none. */
const smallest = 50;
/** Chromium's programs by their usual names. */
const programs = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/** Finds a Chromium; `VGG_CHROMIUM` names another one. */
export async function findChromium(): Promise<string | undefined> {
  const named = Deno.env.get("VGG_CHROMIUM");
  if (named) return named;
  for (
    const folder of (Deno.env.get("PATH") ?? "").split(Deno.build.os === "windows" ? ";" : ":")
  ) {
    for (const program of programs) {
      const path = join(folder, program);
      if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
    }
  }
  return undefined;
}

/** Starts a browser without a window. */
export function openBrowser(executablePath: string): Promise<Browser> {
  // As root there is no sandbox; the pages are this machine's own.
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

/** JupyterLab's themes. */
export const themes = { light: "JupyterLab Light", dark: "JupyterLab Dark" } as const;

/** What a browser shows of a notebook. */
export interface Seen {
  /** Figures that Plotly draws once the mouse is over them. */
  readonly plots: number;
  /** Other images. */
  readonly images: number;
  /** What is wider than its place or not drawn, in words. */
  readonly flaws: readonly string[];
  /** How many screenshots there are. */
  readonly screenshots: number;
}

/** What a notebook's file says that there is to be seen. */
export type Expected = Pick<Seen, "plots" | "images">;

/** What {@linkcode look} looks at. */
export interface Sight {
  readonly url: string;
  readonly theme: keyof typeof themes;
  /** Where the screenshots are written: `STEM-1.png`, `STEM-2.png`, … */
  readonly stem: string;
  readonly expected: Expected;
}

/** Opens an executed notebook in JupyterLab, looks at its figures and photographs it. */
export async function look(
  browser: Browser,
  { url, theme, stem, expected }: Sight,
): Promise<Seen> {
  const page = await browser.newPage({ viewport });
  page.setDefaultTimeout(patience);
  try {
    await page.goto(url);
    await setTheme(page, theme);
    const plots = page.locator(".jp-RenderedPlotly");
    const images = page.locator(".jp-OutputArea-output.jp-RenderedImage img");
    const counts = await settled(async () => ({
      plots: await plots.count(),
      images: await images.count(),
    }), expected);
    const flaws: string[] = [];
    for (const image of await images.all()) {
      flaws.push(...await flawsOf(page, image));
    }
    for (const plot of await plots.all()) {
      await plot.scrollIntoViewIfNeeded();
      // A narrow figure does not reach the middle of its place.
      await plot.hover({ position: { x: 60, y: 60 } });
      const drawn = plot.locator(".main-svg").first();
      await drawn.waitFor({ timeout: patience });
      flaws.push(...await flawsOf(page, drawn));
    }
    const filters = await page.evaluate<string[]>(
      `[...document.querySelectorAll(".jp-RenderedPlotly .plot-container")]
        .map((plot) => getComputedStyle(plot).filter)`,
    );
    const wrong = filters.filter((filter) => (filter === "none") !== (theme === "light"));
    flaws.push(...wrong.map((filter) => `a plot's filter is ${filter}`));
    return { ...counts, flaws, screenshots: await photograph(page, stem) };
  } finally {
    await page.close();
  }
}

async function setTheme(page: Page, theme: keyof typeof themes): Promise<void> {
  await page.waitForFunction("globalThis.jupyterapp?.shell.currentWidget");
  const words = JSON.stringify({ theme: themes[theme] });
  await page.evaluate(`jupyterapp.commands.execute("apputils:change-theme", ${words})`);
  const isLight = theme === "light";
  await page.waitForFunction(`document.body.dataset.jpThemeLight === "${isLight}"`);
}

/** Waits until there is as much to see as expected, or long enough. */
async function settled(count: () => Promise<Expected>, expected: Expected): Promise<Expected> {
  for (const start = Date.now();;) {
    const counts = await count();
    const enough = counts.plots >= expected.plots && counts.images >= expected.images;
    if (enough || Date.now() - start > patience) return counts;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Says of a figure if it is not drawn, or sticks out of the notebook. */
async function flawsOf(page: Page, figure: Locator): Promise<string[]> {
  const [box, room] = await Promise.all([
    figure.boundingBox(),
    page.locator(".jp-Cell-outputArea").first().boundingBox(),
  ]);
  if (!box || box.width < smallest || box.height < smallest) return ["a figure is not drawn"];
  const right = room ? room.x + room.width : 0;
  return box.x + box.width <= right + 1 ? [] : [
    `a figure of ${Math.round(box.width)} px sticks out by ${
      Math.round(box.x + box.width - right)
    }`,
  ];
}

/** Photographs a notebook, a windowful at a time; gives how many images that took. */
async function photograph(page: Page, stem: string): Promise<number> {
  const panel = 'document.querySelector(".jp-WindowedPanel-outer")';
  const [height, windowful] = await page.evaluate<[number, number]>(
    `[${panel}.scrollHeight - ${panel}.firstElementChild.scrollTop, ${panel}.clientHeight]`,
  );
  let count = 0;
  for (let top = 0; top < height; top += windowful) {
    await page.evaluate(`${panel}.scrollTop = ${top}`);
    // Formulas are set once they are in sight.
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${stem}-${++count}.png` });
  }
  return count;
}
