import { dirname, join, relative } from "@std/path";
import { equal, ok } from "node:assert/strict";

/**
 * The rooms of `lib/`, from the ground up: a file imports from its own room and from those below. The
 * files that lie in `lib/` itself, but for the entry, belong to the ground.
 */
const floors: readonly (readonly string[])[] = [
  ["", "files", "display", "random", "python"],
  ["engine"],
  ["data"],
  ["vgg"],
  ["weights"],
  ["runs"],
  ["training"],
  ["evaluation"],
  ["distributed"],
  ["explain"],
  ["figures"],
  ["paper", "jupyter", "report", "demo"],
  ["explore"],
  ["cli"],
];

/** What stands in place of other files on Node, and so defines the same names. */
const replacements = "engine/npm/";

const maxFiles = 20;
const library = join(import.meta.dirname ?? ".", "..", "lib");
const files = await readFiles(library);

Deno.test("no files of lib/ import each other in a circle", () => {
  equal(circles(files).map((circle) => circle.join(", ")).join("\n"), "");
});

Deno.test("no room of lib/ imports from a room above it or beside it", () => {
  const upward = [...files].flatMap(([file, { imports }]) =>
    isEntry(file)
      ? []
      : imports.filter((to) => !mayImport(file, to)).map((to) => `${file} imports ${to}`)
  );
  equal(upward.join("\n"), "");
});

Deno.test("no two modules of lib/ define an export of the same name", () => {
  const homes = Map.groupBy(
    [...files].filter(([file]) => !file.startsWith(replacements))
      .flatMap(([file, { names }]) => [...names].map((name) => ({ name, file }))),
    ({ name }) => name,
  );
  const several = [...homes].filter(([, places]) => places.length > 1)
    .map(([name, places]) => `${name}: ${places.map(({ file }) => file).join(", ")}`);
  equal(several.join("\n"), "");
});

Deno.test(`no folder of lib/ holds more than ${maxFiles} files`, () => {
  const folders = Map.groupBy(files.keys(), (file) => dirname(file));
  const large = [...folders].filter(([, { length }]) => length > maxFiles)
    .map(([folder, { length }]) => `${folder}: ${length}`);
  equal(large.join("\n"), "");
});

Deno.test("lib/mod.ts exports 50 to 60 names, each by name", async () => {
  const source = await Deno.readTextFile(join(library, "mod.ts"));
  const lists = [...source.matchAll(/^export (?:type )?\{([^}]*)\}/gm)];
  equal(lists.length, source.match(/^export\b/gm)?.length);
  const { length } = lists.flatMap(([, list = ""]) =>
    list.split(",").filter((name) => name.trim())
  );
  ok(length >= 50 && length <= 60, `lib/mod.ts exports ${length} names`);
});

interface Module {
  readonly imports: readonly string[];
  /** What it defines and exports. */
  readonly names: ReadonlySet<string>;
}

async function readFiles(folder: string): Promise<ReadonlyMap<string, Module>> {
  const found = new Map<string, Module>();
  for (const path of await modulesIn(folder)) {
    const source = await Deno.readTextFile(path);
    found.set(nameOf(path), {
      imports: [...source.matchAll(/^(?:import|export|\}).*?\bfrom "(\.[^"]+\.ts)"/gm)]
        .map(([, to]) => nameOf(join(dirname(path), to!))),
      names: new Set(
        [...source.matchAll(
          /^export (?:default )?(?:abstract |async )?(?:class|const|let|function\*?|interface|type|enum) ([\w$]+)/gm,
        )].map(([, name]) => name!),
      ),
    });
  }
  return found;
}

/** The path in `lib/`, with `/` on every system. */
function nameOf(path: string): string {
  return relative(library, path).replaceAll("\\", "/");
}

async function modulesIn(folder: string): Promise<readonly string[]> {
  const inside: string[][] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) inside.push([...await modulesIn(path)]);
    else if (name.endsWith(".ts")) inside.push([path]);
  }
  return inside.flat().sort();
}

/** Entries gather what other files define. */
function isEntry(file: string): boolean {
  return file === "mod.ts" || file === "cli.ts" || file.endsWith("/mod.ts");
}

function floorOf(file: string): number {
  const room = file.includes("/") ? file.slice(0, file.indexOf("/")) : "";
  const floor = floors.findIndex((rooms) => rooms.includes(room));
  if (floor < 0) throw new Error(`lib/${room} is in no list of rooms: add it to floors`);
  return floor;
}

function mayImport(from: string, to: string): boolean {
  const room = (file: string): string => file.split("/").slice(0, -1)[0] ?? "";
  return floorOf(to) < floorOf(from) || room(from) === room(to) ||
    floorOf(to) === 0 && floorOf(from) === 0;
}

/** The groups of files that reach each other by imports: Tarjan's strongly connected components. */
function circles(modules: ReadonlyMap<string, Module>): readonly (readonly string[])[] {
  const found: string[][] = [];
  const indices = new Map<string, number>();
  const lows = new Map<string, number>();
  const stack: string[] = [];
  const visit = (file: string): number => {
    const index = indices.size;
    indices.set(file, index);
    lows.set(file, index);
    stack.push(file);
    for (const next of modules.get(file)?.imports ?? []) {
      if (!indices.has(next)) lows.set(file, Math.min(lows.get(file)!, visit(next)));
      else if (stack.includes(next)) lows.set(file, Math.min(lows.get(file)!, indices.get(next)!));
    }
    if (lows.get(file) === index) {
      const circle = stack.splice(stack.indexOf(file));
      if (circle.length > 1) found.push(circle.sort());
    }
    return lows.get(file)!;
  };
  for (const file of modules.keys()) if (!indices.has(file)) visit(file);
  return found;
}
