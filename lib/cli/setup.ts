import type { Command } from "commander";
import { useEngine } from "../engine/use_engine.ts";
import { interruptible } from "./interrupt.ts";
import { addEngineOptions, type EngineFlags, engineOf } from "./flags/options.ts";
import { log, logError } from "./progress.ts";
import { showWaiting } from "./tell/waiting.ts";

/** Adds the command `setup`. */
export function addSetupCommand(program: Command): void {
  const command = program.command("setup")
    .description("Install the native engine. Other commands do so on their first run.");
  addEngineOptions(command).action(async (flags: EngineFlags) => {
    const waiting = showWaiting();
    const ready = await interruptible((signal) =>
      useEngine({ ...engineOf(flags), signal, onMessage: logError, onPrepare: waiting.at })
    ).finally(() => waiting.end());
    log(`engine     ${ready.name}: ${ready.reason}`);
  });
}
