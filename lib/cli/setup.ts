import type { Command } from "commander";
import { useEngine } from "../engine/use_engine.ts";
import { interruptible } from "./interrupt.ts";
import { addEngineOptions, type EngineFlags } from "./options.ts";
import { log, logError } from "./progress.ts";

/** Adds `setup`. */
export function addSetupCommand(program: Command): void {
  const command = program.command("setup")
    .description("Ready the native engine; train, test and bench do so themselves.");
  addEngineOptions(command).action(async ({ engine, native }: EngineFlags) => {
    const ready = await interruptible((signal) =>
      useEngine({ engine, native, signal, onMessage: logError })
    );
    log(`engine     ${ready.name}: ${ready.reason}`);
  });
}
