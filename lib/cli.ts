/**
 * The command line: one command a task. Each parses its flags, calls the library and prints.
 *
 * @module
 */

import "./require_deno.ts";
import { Command } from "commander";
import { addDataCommand } from "./cli/data.ts";
import { addDemoCommand } from "./cli/demo.ts";
import { endWithError, endWithUncaughtErrors } from "./cli/errors.ts";
import { addEvaluateCommand } from "./cli/evaluate.ts";
import { addExploreCommand } from "./cli/explore.ts";
import { addExportCommand } from "./cli/export.ts";
import { addFiguresCommand } from "./cli/figures.ts";
import { addKernelCommand } from "./cli/kernel.ts";
import { addNotebooksCommand } from "./cli/notebooks.ts";
import { addPaperCommand } from "./cli/paper.ts";
import { fitHelp } from "./cli/flags/help.ts";
import { resolvePaths } from "./cli/flags/paths.ts";
import { tellRepeated } from "./cli/flags/repeated.ts";
import { giveUpFetching, narrowPermissions } from "./cli/permissions/narrow.ts";
import { addPredictCommand } from "./cli/predict.ts";
import { addReportCommand } from "./cli/report.ts";
import { addRunsCommand } from "./cli/runs.ts";
import { addSetupCommand } from "./cli/setup.ts";
import { addTrainCommand } from "./cli/train.ts";
import { commandPrefix } from "./command_line.ts";
import { onceStarted } from "./engine/use_engine.ts";

endWithUncaughtErrors();

const program = new Command(commandPrefix)
  .description("VGGNet on Deno: train, evaluate and draw the networks of the VGG paper.")
  .helpCommand(false);
const add = [
  addTrainCommand,
  addExploreCommand,
  addEvaluateCommand,
  addFiguresCommand,
  addReportCommand,
  addPredictCommand,
  addExportCommand,
  addDemoCommand,
  addPaperCommand,
  addRunsCommand,
  addDataCommand,
  addNotebooksCommand,
  addKernelCommand,
  addSetupCommand,
];
for (const addCommand of add) addCommand(program);
for (const command of program.commands) {
  resolvePaths(command);
  tellRepeated(command);
  fitHelp(command);
  // Commander's own errors say what is wrong; ours add nothing but the status.
  command.exitOverride().configureOutput({ outputError: () => {} }).showHelpAfterError(false);
}

fitHelp(program);
program.hook("preAction", (_program, command) => narrowPermissions(command));
onceStarted(giveUpFetching);

try {
  await program.exitOverride().configureOutput({ outputError: () => {} }).parseAsync(
    Deno.args,
    { from: "user" },
  );
} catch (error) {
  endWithError(error);
}
