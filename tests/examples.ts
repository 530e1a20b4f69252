/**
 * Type-checks every example in the documentation of `lib/`, also those marked `ts ignore`, which
 * `deno test --doc` neither runs nor checks: they need a data set, a run or a minute.
 */
import { dirname, join, relative } from "@std/path";
import { pathToFileURL } from "node:url";
import config from "../deno.json" with { type: "json" };

/** A code block of a doc comment. */
interface Example {
  /** The file and the line of the block, for people. */
  readonly place: string;
  readonly file: string;
  readonly code: string;
}

const root = join(import.meta.dirname ?? ".", "..");

/**
 * Checks the examples below a folder.
 *
 * @returns What the type checker prints, or an empty text where all examples are right.
 */
export async function checkExamples(folder: string): Promise<string> {
  const examples = await readExamples(folder);
  const temporary = await Deno.makeTempDir({ prefix: "vgg-examples-" });
  try {
    const names = new Map<string, string>();
    for (const [number, example] of examples.entries()) {
      const path = join(temporary, `example_${number}.ts`);
      names.set(pathToFileURL(path).href, example.place);
      await Deno.writeTextFile(path, await moduleOf(example));
    }
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--config", await writeConfig(temporary), temporary],
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    if (success) return "";
    const text = new TextDecoder().decode(stderr);
    return [...names].reduce((shown, [url, place]) => shown.replaceAll(url, place), text);
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

/** The project's configuration for files elsewhere; an example may leave a value unused. */
async function writeConfig(folder: string): Promise<string> {
  const absolute = Object.entries(config.imports).map(([name, target]) =>
    [name, target.startsWith("./") ? pathToFileURL(join(root, target)).href : target] as const
  );
  const path = join(folder, "deno.json");
  const { noUnusedLocals: _, noUnusedParameters: __, ...compilerOptions } = config.compilerOptions;
  await Deno.writeTextFile(
    path,
    JSON.stringify({
      nodeModulesDir: "manual",
      imports: Object.fromEntries(absolute),
      compilerOptions,
    }),
  );
  await Deno.symlink(join(root, "node_modules"), join(folder, "node_modules"));
  return path;
}

async function readExamples(folder: string): Promise<readonly Example[]> {
  const found: Example[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await readExamples(path));
    if (!name.endsWith(".ts")) continue;
    const source = await Deno.readTextFile(path);
    for (
      const { index, 1: block = "" } of source.matchAll(/^ *\* ```ts.*\n([\s\S]*?)^ *\* ```$/gm)
    ) {
      const line = source.slice(0, index).split("\n").length;
      const code = block.replace(/^ *\* ?/gm, "");
      found.push({ place: `${relative(root, path)}:${line}`, file: path, code });
    }
  }
  return found;
}

/** An example as a module, which imports what it uses of its own file, as `deno test --doc` does. */
async function moduleOf({ file, code }: Example): Promise<string> {
  const exported = [...(await Deno.readTextFile(file)).matchAll(
    /^export (?:abstract |async )*(?:class|const|function\*?|interface|type) (\w+)/gm,
  )].map(([, name]) => name!);
  const imported = new Set(
    [...code.matchAll(/^import (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = ""]) =>
      names.split(",").map((name) => name.trim().replace(/^type /, ""))
    ),
  );
  const used = exported.filter((name) =>
    !imported.has(name) && new RegExp(`\\b${name}\\b`).test(code)
  );
  const absolute = code.replace(
    /(from ")(\.[^"]+)(")/g,
    (_, before, path, after) => before + pathToFileURL(join(dirname(file), path)).href + after,
  );
  const line = used.length > 0
    ? `import { ${used.map((name) => `${name}`).join(", ")} } from "${pathToFileURL(file).href}";\n`
    : "";
  return `${line}${absolute}\nexport {};\n`;
}

if (import.meta.main) {
  const problems = await checkExamples(join(root, "lib"));
  // deno-lint-ignore no-console -- the result of a program.
  if (problems) console.error(problems);
  Deno.exit(problems ? 1 : 0);
}
