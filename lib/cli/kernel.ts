import type { Command } from "commander";
import { UsageError } from "./errors.ts";
import { interruptible } from "./interrupt.ts";
import { log } from "./progress.ts";
import { showWaiting } from "./tell/waiting.ts";
import { tellInstalling } from "./notebooks.ts";

interface Flags {
  install?: true;
  uninstall?: true;
}

/** Adds the command `kernel`. */
export function addKernelCommand(program: Command): void {
  program.command("kernel")
    .description("Add this project's Deno kernel to your own Jupyter, or remove it.")
    .option("--install", "add it to your Jupyter")
    .option("--uninstall", "remove it from your Jupyter")
    .action((flags: Flags) =>
      interruptible(async (signal) => {
        if (flags.install === flags.uninstall) {
          throw new UsageError("kernel must be called with --install or --uninstall");
        }
        await (flags.install ? install(signal) : uninstall());
      })
    );
}

async function install(signal: AbortSignal): Promise<void> {
  const [{ readyJupyter }, { installUserKernel }] = await Promise.all([
    import("../jupyter/lab/environment.ts"),
    import("../jupyter/lab/user_kernel.ts"),
  ]);
  const waiting = showWaiting();
  const { python } = await readyJupyter({
    signal,
    onPrepare: waiting.at,
    onInstall: (pins, folder) => tellInstalling(pins, folder),
  }).finally(() => waiting.end());
  const { folder, name } = await installUserKernel(python);
  log(`kernel     ${name} in ${folder}`);
  if (name !== "deno") log("Another kernel named deno is there and stays; choose this one.");
  log("It runs from this folder of the project. To remove it: deno task kernel --uninstall");
}

async function uninstall(): Promise<void> {
  const { uninstallUserKernel } = await import("../jupyter/lab/user_kernel.ts");
  const folders = await uninstallUserKernel();
  if (folders.length === 0) log("The kernel is not installed.");
  for (const folder of folders) log(`removed    ${folder}`);
}
