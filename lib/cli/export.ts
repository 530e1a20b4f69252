import { plural } from "../display/format.ts";
import { join } from "@std/path";
import type { Command } from "commander";
import { isFile, isFolder } from "../data/sources/folders.ts";
import { openDescribedWeights } from "../runs/open_net.ts";
import {
  type ExportFormatName,
  exportFormats,
  exportWeights,
} from "../weights/export/export_weights.ts";
import { inputText } from "../weights/export/input.ts";
import { torchModulePath } from "../weights/export/torch_module.ts";
import type { CardExport } from "../report/card/model_card.ts";
import { interruptible } from "./interrupt.ts";
import { addFileOptions, choice, describeOptions, type FileFlags } from "./flags/options.ts";
import { addOverwriteOption, type OverwriteFlags, requireAbsent } from "./flags/overwrite.ts";
import { userPath } from "./flags/paths.ts";
import { log, logError } from "./progress.ts";
import { againText } from "./flags/task_command.ts";
import { latestRun } from "./runs.ts";

interface Flags extends FileFlags, OverwriteFlags {
  run?: string;
  weights?: string;
  format: ExportFormatName;
  precision: "float32" | "float16";
  output?: string;
}

/** Adds the command `export`, which writes a net's weights in another program's format. */
export function addExportCommand(program: Command): void {
  const about = Object.entries(exportFormats).map(([name, { about }]) => `${name}: ${about}`);
  const command = program.command("export")
    .description(
      "Write a run's best weights, or those of a file, in another program's format, with a model card, " +
        "README.md, as the Hugging Face Hub reads it.",
    )
    .option("--run <dir>", "a run's folder (default: the newest in runs/)")
    .option("--weights <file|name>", "a file instead of a run, also of Keras, PyTorch or ONNX")
    .addOption(
      choice("--format <name>", about.join("; "), Object.keys(exportFormats))
        .default("safetensors"),
    )
    .addOption(
      choice("--precision <name>", "how kernels are stored; float16 for safetensors alone", [
        "float32",
        "float16",
      ]).default("float32"),
    )
    .option(
      "--output <path>",
      "the file, or the folder (default: named for the net, in the run's folder or here)",
    );
  addOverwriteOption(addFileOptions(command)).action(run);
}

async function run(
  { format, precision, output, weights, force = false, ...flags }: Flags,
): Promise<void> {
  const from = weights ?? flags.run ?? await latestRun();
  const described = await describeOptions(flags);
  await interruptible(async (signal) => {
    using opened = await openDescribedWeights(from, {
      ...described,
      fetch: { signal, onMessage: logError },
      onMessage: logError,
    });
    const { network, classes } = opened.description;
    const { configuration = "D", inputSize } = network;
    const isRun = await isFolder(from);
    const path = output ?? join(isRun ? from : userPath("."), fileName(configuration, format));
    // A file with this name in the run's folder is an earlier export.
    const isOwn = output === undefined && isRun;
    const module = format === "torchvision" ? [torchModulePath(path)] : [];
    await requireAbsent(isOwn ? [] : [path, ...module], { force });
    await exportWeights(opened, format, path, precision);
    log(
      `${path} holds VGG ${configuration} at ${inputSize} px with ${
        plural(classes.length, "class", "classes")
      }`,
    );
    log(`${inputText(opened.description)}; also in ${exportFormats[format].saysInputIn}`);
    const note = exportFormats[format].note?.(network, path);
    if (note) logError(note);
    const { cardPath, isOwnCard, readCardRun, writeModelCard } = await import(
      "../report/card/model_card.ts"
    );
    const last = { format, path };
    const card = cardPath(last);
    if (!force && await isFile(card) && !(isOwn && await isOwnCard(card))) {
      return logError(`no model card: ${card} exists; --force overwrites it`);
    }
    const known = isRun ? await readCardRun(from) : {};
    const others = isOwn && exportFormats[format].extension !== ""
      ? await otherExports(from, configuration, format)
      : [];
    const { description } = opened;
    await writeModelCard({ exports: [last, ...others], description, ...known });
    log(`model card ${card}`);
  }, { advice: againText });
}

/** The default name of an export. */
function fileName(configuration: string, format: ExportFormatName): string {
  return `vgg-${configuration.toLowerCase()}-${format}${exportFormats[format].extension}`;
}

/** The files that earlier exports have left in a run's folder; folders have cards of their own. */
async function otherExports(
  run: string,
  configuration: string,
  format: ExportFormatName,
): Promise<CardExport[]> {
  const found: CardExport[] = [];
  for (const [other, { extension }] of Object.entries(exportFormats)) {
    // The boundary to a table whose keys are the formats.
    const name = other as ExportFormatName;
    const path = join(run, fileName(configuration, name));
    if (name === format || extension === "" || !await isFile(path)) continue;
    found.push({ format: name, path });
  }
  return found;
}
