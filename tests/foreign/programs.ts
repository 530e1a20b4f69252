import { join } from "@std/path";
import assert from "node:assert/strict";
import sharp from "sharp";
import config from "../../deno.json" with { type: "json" };
import type { Ended, ForeignProject } from "./project.ts";

/** The folder of this project. */
export const root: string = join(import.meta.dirname!, "..", "..");

/** Those that do something when they are imported: the command line runs, tfjs-node's stand-in starts an engine. */
const active = ["./cli", "./tfjs-node"];
const entries = Object.keys(config.exports).filter((entry) => !active.includes(entry));

/**
 * A program that imports every entry, but for those that do something then, builds and counts.
 *
 * @param name The package's name in the program.
 */
function everyEntry(name: string): string {
  return `${
    entries.map((entry, index) =>
      `import * as entry${index} from "${entry.replace(/^\./, name)}";\n`
    ).join("")
  }
import { countVGG, tf, useEngine } from "${name}";

const entries: readonly object[] = [${entries.map((_, index) => `entry${index}`)}];
const engine = await useEngine({ engine: "cpu" });
console.log(JSON.stringify({
  empty: entries.filter((entry) => Object.keys(entry).length === 0).length,
  engine: engine.name,
  square: tf.scalar(3).square().dataSync()[0],
  parameters: countVGG({ configuration: "D", classes: 10 }).parameters,
}));
`;
}

/**
 * Checks that a project can use every entry.
 *
 * @param name The package's name in the project's programs.
 * @param words Words for Deno, behind `run`.
 */
export async function requireEveryEntry(
  { deno, write }: ForeignProject,
  name = "vgg",
  words: readonly string[] = [],
): Promise<void> {
  await write({ "main.ts": everyEntry(name) });
  const { out, err } = await deno(["run", "-A", "--quiet", ...words, "main.ts"]);
  assert.deepEqual(lastJson(out, err), {
    empty: 0,
    engine: "cpu",
    square: 9,
    // The paper's VGG16 has 138,357,544, of which 990 of 1000 classes are not there.
    parameters: 138_357_544 - 990 * 4097,
  });
}

/** Checks the types of a project's program, with those of the library that it reaches. */
export async function requireTypes({ deno }: ForeignProject, program = "main.ts"): Promise<void> {
  const { code, err } = await deno(["check", "--quiet", program]);
  assert.equal(code, 0, err);
}

/** The program of docs/examples/own-project. */
export const circle: string = await Deno.readTextFile(
  join(root, "docs", "examples", "own-project", "circle.ts"),
);

/** Checks what docs/examples/own-project computes. */
export function requireCircle({ out, err }: Ended): void {
  const [, accuracy] = /^accuracy ([\d.]+)$/m.exec(out) ?? [];
  const [, pi] = /^pi ([\d.]+)$/m.exec(out) ?? [];
  assert.ok(Number(accuracy) > 0.95, `${out}${err}`);
  assert.ok(Math.abs(Number(pi) - Math.PI) < 0.15, `${out}${err}`);
}

/** Trains on the folder photos in WebAssembly, and writes all that a run can have. */
export const trainAndWrite = `
import { drawRunFigures, evaluate, notebookSettings, train, useEngine } from "vgg";
import { writeDemo } from "vgg/demo";
import { drawn10 } from "vgg/drawn10";
import { exploreData, writeExploration } from "vgg/explore";
import { writeReport } from "vgg/report";
import { exportWeights, openDescribedWeights } from "vgg/weights";

const engine = await useEngine({ engine: "wasm" });
const run = await train({
  data: "photos",
  run: "run",
  network: { configuration: "A", width: 0.125, inputSize: 32 },
  changes: { epochs: 1 },
});
const { images } = await evaluate(run);
await drawRunFigures(run);
await writeReport(["run"]);
await writeExploration(await exploreData("photos"), { output: "explored.html" });
await writeDemo("run");
await exportWeights(await openDescribedWeights("run"), "keras", "net.h5");
const drawn = drawn10({ trainPerClass: 1, validationPerClass: 1 }).train;
const { data } = await drawn.image(0, { mode: "stretch", size: 32 });
using weights = await openDescribedWeights("net.h5");
console.log(JSON.stringify({
  engine: engine.name,
  images,
  drawn: data.length,
  classes: weights.description.classes.map(({ name }) => name),
  isHere: notebookSettings().folder === Deno.cwd(),
}));
`;

/** Makes a folder of photos of two classes, twelve each. */
export async function writePhotos(folder: string): Promise<void> {
  for (const [name, color] of [["red", { r: 255, b: 0 }], ["blue", { r: 0, b: 255 }]] as const) {
    await Deno.mkdir(join(folder, name), { recursive: true });
    for (let index = 0; index < 12; index++) {
      const background = { ...color, g: 8 * index };
      const file = join(folder, name, `${index}.png`);
      await sharp({ create: { width: 40, height: 36, channels: 3, background } }).toFile(file);
    }
  }
}

/** The last line of a program's output, which is JSON. */
export function lastJson(out: string, err: string): unknown {
  const line = out.trim().split("\n").at(-1) ?? "";
  assert.ok(line.startsWith("{"), `${out}${err}`);
  return JSON.parse(line);
}
