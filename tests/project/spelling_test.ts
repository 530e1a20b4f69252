import { join, relative } from "@std/path";
import assert from "node:assert/strict";
import { inFolder } from "../in_folder.ts";

const root = join(import.meta.dirname!, "..", "..");

/** What the project's text is in. Notebooks are made from the scripts beside them. */
const folders = [".binder", ".ci", ".devcontainer", ".github", "docs", "lib", "notebooks", "tests"];
const extension = /(\.(ts|md|py|json|ya?ml|sh|css)|\/run|\/postBuild)$/;

const british = new RegExp(
  [
    "(?:dis)?colour|behaviour|favour|honour|humour|neighbour|labour|flavour|rumour|vapour|grey",
    "(?:analy|cataly|paraly)s(?:e|ed|es|ing)\\b(?<!\\banalyses)|centre|metre\\b|litre|fibre\\b|theatre|calibre",
    "catalogue|dialogue|licence|defence|offence|pretence|learnt|spelt|burnt|dreamt|whilst|ageing\\b",
    "(?:label|model|cancel|travel|signal|channel|tunnel|level|total|fuel|quarrel|marvel)l(?:ed|ing|er)\\b",
    "artefact|judgement|acknowledgement|fulfil\\b|enrol\\b|instal\\b|skilful|programme\\b|cheque\\b|mould",
    "(?:normal|initial|final|optim|organ|recogn|real|visual|serial|standard|minim|maxim|general)is",
    "(?:special|regular|quant|token|vector|util|categor|synchron|summar|raster|parametr|penal)is",
    "(?:prior|random|discret|binar|local|equal|character|memor|apolog|custom|author|capital)is",
  ].join("|"),
  "gi",
);

/** Words that only look British. */
const american = /^(?:generalist|specialist|realis[mt]|minimis[mt]|organis[mt]|optimis[mt])/i;

/** Names of others, and files that are written and read under their old names. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  // Settings of older runs and weights files.
  "CHANGELOG.md": ["normalisation", "standardise"],
  "lib/weights/net.ts": ["normalisation", "standardise"],
  "tests/training/config/record_test.ts": ["normalisation", "standardise"],
  // The name of a stream of random numbers: another one would change the numbers.
  "lib/data/augment/paper.ts": ["colour"],
  // Names of users' folders.
  "lib/data/sources/class_folders/split_names.ts": ["unlabelled"],
  // ImageNet's names of classes.
  "tests/weights/published_test.ts": ["grey"],
  "tests/project/spelling_test.ts": ["*"],
};
/** Names of others in any file: sharp's color space, ARIA's attributes. */
const everywhere = /grey16|aria-labelledby/g;

Deno.test("the project's text has one spelling, American", async () => {
  const found: string[] = [];
  for (const path of await textFiles()) {
    const known = allowed[path] ?? [];
    if (known.includes("*")) continue;
    for (const { line, word } of britishWords(await Deno.readTextFile(join(root, path)))) {
      if (!known.some((each) => each.includes(word.toLowerCase()))) {
        found.push(`${path}:${line}: ${word}`);
      }
    }
  }
  assert.deepEqual(found, []);
});

Deno.test("a British word is found, a similar American one is not", () =>
  inFolder(async (folder) => {
    const path = join(folder, "page.md");
    await Deno.writeTextFile(path, "gray color\nthe Behaviour\nan optimist analyzes analyses\n");
    const words = britishWords(await Deno.readTextFile(path));
    assert.deepEqual(words, [{ line: 2, word: "Behaviour" }]);
  }));

function britishWords(text: string): { line: number; word: string }[] {
  return text.replaceAll(everywhere, "").split("\n").flatMap((content, index) =>
    [...content.matchAll(british)]
      .filter(({ index: at }) => !american.test(content.slice(at)))
      .map(([word]) => ({ line: index + 1, word }))
  );
}

async function textFiles(): Promise<readonly string[]> {
  const found: string[] = ["data/README.md", "deno.json"];
  for await (const { name } of Deno.readDir(root)) if (name.endsWith(".md")) found.push(name);
  for (const folder of folders) found.push(...await filesIn(join(root, folder)));
  return found;
}

async function filesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await filesIn(path));
    else if (extension.test(path.replaceAll("\\", "/"))) {
      found.push(relative(root, path).replaceAll("\\", "/"));
    }
  }
  return found;
}
