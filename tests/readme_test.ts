import { dirname, join, relative } from "@std/path";
import assert from "node:assert/strict";
import config from "../deno.json" with { type: "json" };
import { vgg } from "./cli/support.ts";
import { inFolder } from "./in_folder.ts";

const root = join(import.meta.dirname!, "..");
const readme = await Deno.readTextFile(join(root, "README.md"));

/** The pages of `docs/` by their paths in the project. */
const pages = new Map<string, string>();
for await (const { name } of Deno.readDir(join(root, "docs"))) {
  const path = `docs/${name}`;
  if (name.endsWith(".md")) pages.set(path, await Deno.readTextFile(join(root, path)));
}

/** A code block of a page. */
interface Example {
  /** The page and the number of the block. */
  readonly place: string;
  readonly code: string;
  /** Whether it is marked to be run. */
  readonly runs: boolean;
}

const examples: readonly Example[] = [["README.md", readme] as const, ...pages].flatMap((
  [page, text],
) =>
  [...text.matchAll(/^```ts( run)?\n(.*?)^```$/gms)].map(([, run, code], index) => ({
    place: `${page}, example ${index + 1}`,
    code: code!,
    runs: run !== undefined,
  }))
);

Deno.test("the examples of README.md and docs/ are of the types that the library has", () =>
  inFolder(async (folder) => {
    assert.ok(examples.length >= 15);
    const paths = await writeExamples(folder, examples);
    const { code, text } = await deno(["check", "--quiet"], paths);
    assert.equal(code, 0, named(text, paths, examples));
  }));

Deno.test("the examples of docs/ that are marked to be run end without an error", () =>
  inFolder(async (folder) => {
    const marked = examples.filter(({ runs }) => runs);
    assert.ok(marked.length >= 8);
    const paths = await writeExamples(folder, marked);
    const all = join(folder, "all.ts");
    const lines = paths.map((path) =>
      `console.error("runs ${path}"); await import(${JSON.stringify(path)});\n`
    );
    await Deno.writeTextFile(all, lines.join(""));
    const { code, text } = await deno(["run", "-A", "--quiet", "--no-check"], [all]);
    assert.equal(code, 0, named(text, paths, marked));
  }));

Deno.test("docs/library.md lists every entry of the library", () => {
  const listed = [...pages.get("docs/library.md")!.matchAll(/^\| `(vgg[\w/-]*)` /gm)]
    .map(([, entry]) => entry!);
  const entries = Object.keys(config.exports).map((entry) => entry.replace(/^\./, "vgg"));
  assert.deepEqual(listed.sort(), entries.sort());
});

for (
  const [page, command] of [["your_images", "train"], ["evaluation", "evaluate"]] as const
) {
  Deno.test(`the flags in the table of docs/${page}.md are those of ${command}`, async () => {
    const rows = pages.get(`docs/${page}.md`)!.match(/^\| `--.*$/gm) ?? [];
    const flags = rows.flatMap((row) => row.split(/(?<!\\)\|/)[1]!.match(/--[\w-]+/g) ?? []);
    assert.ok(flags.length >= 9);
    const { out } = await vgg([command, "--help"]);
    const known = new Set(out.match(/--[\w-]+/g));
    assert.deepEqual(flags.filter((flag) => !known.has(flag)), []);
  });
}

Deno.test("README.md begins with the two commands and fits three screens", () => {
  const [, block = ""] = /^```sh\n(.*?)^```$/ms.exec(readme) ?? [];
  assert.match(block, /^npx deno task train /m);
  assert.match(block, /^npx deno task test /m);
  assert.ok(readme.indexOf(block) < 1000);
  // As GitHub shows it at 1280 px, 61 lines with 3,550 characters are 2,320 px of three screens' 2,550.
  const rows = readme.split("\n").filter((line) => line.trim() !== "").length;
  const visible = readme.replaceAll(/\]\([^)]*\)/g, "]").replaceAll(/ {2,}|-{3,}/g, " ");
  assert.ok(rows <= 66, `${rows} lines with text`);
  assert.ok(visible.length <= 3900, `${visible.length} characters`);
});

Deno.test("README.md lists every notebook", async () => {
  const listed = [...readme.matchAll(/^\| \[.*\]\(notebooks\/(\w+\.ipynb)\)/gm)].map(([, name]) =>
    name
  );
  const names: string[] = [];
  for await (const { name } of Deno.readDir(join(root, "notebooks"))) {
    if (name.endsWith(".ipynb")) names.push(name);
  }
  assert.deepEqual(listed, names.sort());
});

Deno.test("README.md leads to every page of docs/", () => {
  const found = new Set<string>();
  const follow = (page: string, text: string): void => {
    for (const [, link = ""] of text.matchAll(/\]\(([^)\s#]+\.md)/g)) {
      const path = relative(root, join(root, dirname(page), link));
      const next = pages.get(path) ??
        (path === "CONTRIBUTING.md" || path === "SECURITY.md"
          ? Deno.readTextFileSync(join(root, path))
          : undefined);
      if (next === undefined || found.has(path)) continue;
      found.add(path);
      follow(path, next);
    }
  };
  follow("README.md", readme);
  assert.deepEqual([...pages.keys()].filter((page) => !found.has(page)), []);
});

/** Writes each example as a module of its own. What is exported counts as used. */
async function writeExamples(folder: string, list: readonly Example[]): Promise<string[]> {
  return await Promise.all(list.map(async ({ code }, index) => {
    const path = join(folder, `example_${index}.ts`);
    await Deno.writeTextFile(
      path,
      `${code.replaceAll(/^const /gm, "export const ")}\nexport {};\n`,
    );
    return path;
  }));
}

async function deno(
  words: readonly string[],
  paths: readonly string[],
): Promise<{ code: number; text: string }> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...words, "--config", join(root, "deno.json"), ...paths],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdout: "null",
  }).output();
  return { code, text: new TextDecoder().decode(stderr) };
}

/** An error's text with the places of the examples in place of the files' paths. */
function named(text: string, paths: readonly string[], list: readonly Example[]): string {
  return paths.reduce((shown, path, index) => shown.replaceAll(path, list[index]!.place), text);
}
