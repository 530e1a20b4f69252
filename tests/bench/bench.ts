/**
 * The benchmark: VGG16's training and prediction steps, the time to the first step, and epochs on
 * files; with `--peers` beside Keras, PyTorch, ONNX Runtime and OpenVINO, each in the fastest of its
 * usual forms, all taking turns. `deno task dev:bench --help` lists the options.
 *
 * @module
 */

import { Command, Option } from "commander";
import { endWithError } from "../../lib/cli/errors.ts";
import { number, whole } from "../../lib/cli/flags/options.ts";
import { logError, logLines } from "../../lib/cli/progress.ts";
import { isFolder } from "../../lib/data/sources/folders.ts";
import { type EngineName, engineNames } from "../../lib/engine/engine.ts";
import { readFlags } from "../read_flags.ts";
import { replaceFile } from "../../lib/files/replace_file.ts";
import { type Case, caseName, cases, chosen, everything } from "./cases.ts";
import { aboutEpochs, aboutStart, aboutSteps, type Section, writeDocument } from "./document.ts";
import { describeTrials, fastestForm, type Trial, tryForms } from "./forms.ts";
import {
  epochFrameworks,
  type FrameworkName,
  frameworks,
  peerNames,
  type Peers,
  takesPart,
} from "./frameworks.ts";
import { epochs, firstStep, measureCase, measureFresh } from "./measure.ts";
import type { Outcome, Participant } from "./outcome.ts";
import { benchPython } from "./python.ts";
import { epochsTable, type Row, rowsOf, startTable, stepsTable } from "./report.ts";
import { sampleFiles, trainFolder } from "./sample_files.ts";
import { killWorkers } from "./worker_process.ts";

interface Flags {
  /** Names after the flag, or nothing for all. */
  readonly peers?: true | string;
  readonly json?: string;
  readonly report?: string;
  readonly rounds: number;
  readonly steps?: number;
  readonly batch?: number;
  readonly cases?: string;
  readonly quick?: true;
  readonly engine: "auto" | EngineName;
  readonly data?: string;
  readonly limit: number;
}

/** The flags made sense of. */
interface Settings extends Omit<Flags, "peers"> {
  /** Without them, this library is alone. */
  readonly peers?: Peers;
  /** What epochs read: class folders. */
  readonly images?: string;
}

/** What epochs on files read, unless `--data` says another: the first that is there. */
const dataFolders = ["data/imagenette160", "../shared/data/imagenette-224"];

/** Folders that must not outlive this process. */
const temporary = new Set<string>();

const command = new Command("deno task dev:bench")
  .description("Measures VGG16 in images a second, in turns, as medians of several rounds.")
  .option(
    "--peers [names]",
    `beside ${peerNames.join(", ")}, or those named; they are installed into your cache folder`,
  )
  .option("--json <file>", "write a row for each framework and case")
  .option("--report <file>", "write the tables; a whole run with --peers writes docs/bench.md")
  .option("--rounds <n>", "turns of each framework in a case", whole("--rounds", 1), 5)
  .option(
    "--steps <n>",
    "steps in a turn, instead of 5 at 32 px and 2 at 224 px",
    whole("--steps", 1),
  )
  .option(
    "--batch <n>",
    "images in a batch, instead of 64 at 32 px and 8 at 224 px",
    whole("--batch", 1),
  )
  .option("--cases <list>", `those that contain one of the words, of ${everything.join(", ")}`)
  .option("--quick", "one round of one step: whether all works, not how fast")
  .addOption(
    new Option("--engine <name>", "what computes for this library")
      .choices(["auto", ...engineNames]).default("auto"),
  )
  .option("--data <folder>", "images for the epochs, in train folders of class folders")
  .option(
    "--limit <seconds>",
    "what a step may take; five times as much where it compiles",
    number("--limit", 0),
    60,
  );

for (
  const signal of Deno.build.os === "windows" ? ["SIGINT"] as const : ["SIGINT", "SIGTERM"] as const
) {
  Deno.addSignalListener(signal, () => {
    killWorkers();
    for (const folder of temporary) Deno.removeSync(folder, { recursive: true });
    Deno.exit(130);
  });
}

try {
  await bench(readFlags<Flags>(command));
} catch (error) {
  killWorkers();
  endWithError(error);
}

async function bench(flags: Flags): Promise<void> {
  const wanted = chosen(flags.cases ?? everything.join(","));
  const folder = wanted.has("epoch") ? flags.data ?? await firstFolder(dataFolders) : undefined;
  const images = folder === undefined ? undefined : await trainFolder(folder);
  const { peers: asked, ...others } = flags;
  const peers = asked ? await readyPeers(asked) : undefined;
  const settings: Settings = {
    ...others,
    ...(flags.quick ? { rounds: 1, steps: 1 } : {}),
    ...(peers ? { peers } : {}),
    ...(images ? { images } : {}),
  };
  const sections: Section[] = [];
  const add = (section: Section): void => {
    sections.push(section);
    logLines(`\n${section.title}\n\n${section.table}`);
  };
  const rows: Row[] = [];
  const versions = new Map<string, string>();
  for (const ordinary of cases.filter((work) => wanted.has(caseName(work)))) {
    const work = { ...ordinary, batch: flags.batch ?? ordinary.batch };
    const { outcomes, trials } = await networkSteps(work, settings);
    noteVersions(versions, outcomes);
    rows.push(...rowsOf(work, outcomes, trials));
  }
  if (rows.length > 0) add({ title: "Steps of VGG16", about: aboutSteps, table: stepsTable(rows) });
  if (wanted.has("start")) {
    const outcomes = await timesToFirstStep(settings);
    noteVersions(versions, outcomes);
    add({ title: "Time to the first step", about: aboutStart, table: startTable(outcomes) });
  }
  if (wanted.has("epoch")) add(await epochsOnFiles(settings));
  if (flags.json) await replaceFile(flags.json, `${JSON.stringify(rows, null, 2)}\n`);
  const whole = asked === true && !flags.cases && !flags.batch && !flags.quick;
  const report = flags.report ?? (whole ? "docs/bench.md" : undefined);
  if (!report) return;
  const words = ["dev:bench", ...shown(Deno.args)];
  await writeDocument(report, { title: "Benchmark", words, versions, sections });
}

/** @throws {RangeError} For a name that no peer has. */
async function readyPeers(asked: true | string): Promise<Peers> {
  const words = asked === true ? peerNames : asked.split(",").map((word) => word.trim());
  const names = peerNames.filter((name) => words.some((word) => word === name));
  const other = words.find((word) => !names.some((name) => name === word));
  if (other === undefined) return await benchPython(names, logError);
  throw new RangeError(`--peers must name some of ${peerNames.join(", ")}. Received: ${other}`);
}

function noteVersions(versions: Map<string, string>, outcomes: readonly Outcome[]): void {
  for (const { name, opened } of outcomes) if (opened) versions.set(name, opened.version);
}

async function networkSteps(
  work: Case,
  settings: Settings,
): Promise<{ outcomes: Outcome<FrameworkName>[]; trials: Map<FrameworkName, Trial[]> }> {
  logError(`${caseName(work)} …`);
  const participants = frameworks(settings.engine, settings.peers)
    .filter(({ name }) => takesPart(name, work));
  // A step in WebAssembly takes about as long as a turn of the others.
  const stepsOf = (name: FrameworkName): number =>
    settings.steps ?? (name === "wasm" ? 1 : work.steps);
  const trials = new Map<FrameworkName, Trial[]>();
  const formed: Participant<FrameworkName>[] = [];
  for (const participant of participants) {
    const { name } = participant;
    const tried = await tryForms(participant, work, {
      steps: stepsOf(name),
      limit: settings.limit,
    });
    if (tried.length > 0) {
      trials.set(name, tried);
      logError(describeTrials(name, tried));
    }
    formed.push({ ...participant, form: fastestForm(tried) });
  }
  return { outcomes: await measureCase(work, formed, settings, stepsOf), trials };
}

async function timesToFirstStep(settings: Settings): Promise<Outcome<FrameworkName>[]> {
  logError("time to the first step …");
  const work = { what: "train", precision: "float32", size: 32, batch: 64, hidden: 512 } as const;
  const participants = frameworks(settings.engine, settings.peers)
    .filter(({ name }) => takesPart(name, work));
  return await measureFresh(participants, settings, firstStep(work, settings.limit));
}

async function epochsOnFiles(settings: Settings): Promise<Section> {
  const { engine, peers, images, quick } = settings;
  const title = "Epochs on files";
  if (images === undefined) {
    const table = `Not run: none of the folders ${dataFolders.join(", ")} is there.`;
    return { title, about: aboutEpochs, table };
  }
  logError("epochs on files …");
  const sample = await Deno.makeTempDir({ prefix: "vgg-bench-" });
  temporary.add(sample);
  try {
    const count = await sampleFiles(images, quick ? 128 : 1024, sample);
    const work = { what: "epoch", folder: sample, size: 64, batch: 64 } as const;
    const outcomes = await measureFresh(
      epochFrameworks(engine, peers),
      { rounds: Math.min(3, settings.rounds) },
      epochs(work, 2, settings.limit),
    );
    const about = `${aboutEpochs} There are ${count} images.`;
    return { title, about, table: epochsTable(outcomes, count) };
  } finally {
    temporary.delete(sample);
    await Deno.remove(sample, { recursive: true });
  }
}

async function firstFolder(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) if (await isFolder(folder)) return folder;
  return undefined;
}

/** The command's words without the files that it writes, which change nothing of what it measures. */
function shown(words: readonly string[]): string[] {
  const files = ["--json", "--report"];
  return words.filter((word, index) =>
    !files.includes(word) && !files.includes(words[index - 1] ?? "") &&
    !files.some((flag) => word.startsWith(`${flag}=`))
  );
}
