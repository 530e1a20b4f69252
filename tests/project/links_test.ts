import { dirname, join, relative } from "@std/path";
import assert from "node:assert/strict";
import { inFolder } from "../in_folder.ts";

const root = join(import.meta.dirname!, "..", "..");

/** Folders whose pages are the project's own. */
const folders = [".", "data", "docs", "lib", "notebooks", "tests"];

Deno.test("every relative link of the documentation leads to a file, and to a heading of it", async () => {
  const pages = await findPages();
  assert.ok(pages.some((page) => relative(root, page) === "README.md"));
  const broken = await Promise.all(pages.map(brokenLinks));
  assert.deepEqual(broken.flat(), []);
});

Deno.test("every source file that the documentation names is there", async () => {
  const missing = await Promise.all((await findPages()).map(missingFiles));
  assert.deepEqual(missing.flat(), []);
});

Deno.test("a link to a missing file or heading is found, in code it is none", () =>
  inFolder(async (folder) => {
    const page = join(folder, "page.md");
    const text =
      "# Top\n\n## What `it` *does*, and why\n\n[a](page.md) [b](#what-it-does-and-why) " +
      "![c](page.md#top) [d](https://example.org/x) `[e](code.md)`\n\n```md\n[f](code.md)\n```\n\n" +
      "[g](gone.md) [h](#gone) [i](page.md#gone) `lib/gone/file.ts` `lib/<name>/file.ts`\n";
    await Deno.writeTextFile(page, text);
    assert.deepEqual(await brokenLinks(page), ["gone.md", "#gone", "page.md#gone"].map(inPage));
    assert.deepEqual(await missingFiles(page), ["lib/gone/file.ts"].map(inPage));

    function inPage(link: string): string {
      return `${relative(root, page)}: ${link}`;
    }
  }));

async function findPages(): Promise<readonly string[]> {
  const found = await Promise.all(
    // `data` holds downloads as well, and the root holds everything.
    folders.map((name) => pagesIn(join(root, name), name !== "." && name !== "data")),
  );
  return found.flat();
}

async function pagesIn(folder: string, deep: boolean): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory && deep) found.push(...await pagesIn(path, deep));
    else if (name.endsWith(".md")) found.push(path);
  }
  return found;
}

/** The links of a page that lead nowhere, with the page's name. */
async function brokenLinks(page: string): Promise<readonly string[]> {
  const text = withoutBlocks(await Deno.readTextFile(page)).replaceAll(/`[^`]*`/g, "code");
  const broken: string[] = [];
  for (const [, link = ""] of text.matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)) {
    if (/^\w+:/.test(link)) continue;
    const [path = "", heading] = link.split("#");
    const target = path === "" ? page : join(dirname(page), path);
    if (!await exists(target) || heading && !(await headings(target)).has(heading)) {
      broken.push(`${relative(root, page)}: ${link}`);
    }
  }
  return broken;
}

/** The source files that a page names as code and that are neither in the project nor in `lib/`. */
async function missingFiles(page: string): Promise<readonly string[]> {
  const text = withoutBlocks(await Deno.readTextFile(page));
  const missing: string[] = [];
  for (const [, path = ""] of text.matchAll(/`((?:[\w.-]+\/)+[\w-]+\.(?:ts|md|py|yml|ipynb))`/g)) {
    const places = [root, join(root, "lib"), dirname(page)].map((folder) => join(folder, path));
    if ((await Promise.all(places.map(exists))).includes(true)) continue;
    missing.push(`${relative(root, page)}: ${path}`);
  }
  return missing;
}

function withoutBlocks(text: string): string {
  return text.replaceAll(/^```.*?^```$/gms, "");
}

/** The anchors that GitHub gives to a page's headings. */
async function headings(page: string): Promise<ReadonlySet<string>> {
  if (!page.endsWith(".md")) return new Set();
  const text = withoutBlocks(await Deno.readTextFile(page));
  return new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading.trim().toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-")
    ),
  );
}

function exists(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}
