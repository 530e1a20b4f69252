import type { Command } from "commander";
import { UsageError } from "./errors.ts";
import { interruptible } from "./interrupt.ts";
import { whole } from "./flags/options.ts";
import { log, logError } from "./progress.ts";
import { showWaiting } from "./tell/waiting.ts";

interface Flags {
  browser: boolean;
  install: boolean;
  port?: number;
}

/** JupyterLab's default port. */
const defaultPort = 8888;
const first = "01_architecture.ipynb";
/** Minutes that the kernel of a closed notebook keeps its variables. */
const idleMinutes = 60;

/** Adds the command `notebooks`. */
export function addNotebooksCommand(program: Command): void {
  program.command("notebooks")
    .description("Open the notebooks in JupyterLab, with Deno as their kernel.")
    .option("--no-browser", "print the address without opening a browser")
    .option("--no-install", "refuse to install JupyterLab into the project's .venv")
    .option("--port <n>", `the server's port (default: ${defaultPort}, or the next free one)`, port)
    .addHelpText("after", `\n${idleRule}\nTo end it earlier: Kernel > Shut Down Kernel.`)
    .action((flags: Flags) =>
      interruptible((signal) => open(flags, signal), { notice: "Ending …" })
    );
}

async function open({ browser, install, port }: Flags, signal: AbortSignal): Promise<void> {
  const [{ readyJupyter }, { startLab }, { copyNotebooks, workFolder }] = await Promise.all([
    import("../jupyter/lab/environment.ts"),
    import("../jupyter/lab/start_lab.ts"),
    import("../jupyter/lab/work_folder.ts"),
  ]);
  const free = freePort(port);
  const waiting = showWaiting();
  const jupyter = await readyJupyter({
    signal,
    onPrepare: waiting.at,
    onInstall: (pins, folder) => {
      if (!install) throw new UsageError(`${pins.join(" and ")} must be installed. ${elsewhere}`);
      tellInstalling(pins, folder, " Use --no-install to prevent this.");
    },
  }).finally(() => waiting.end());
  const newer = await copyNotebooks();
  if (newer.length > 0) {
    logError(
      `The project has newer versions of ${
        newer.join(", ")
      }. Your copies in ${workFolder}/ stay; ` +
        "delete a copy to get the new version.",
    );
  }
  const notebook = `${workFolder}/${first}`;
  const idleSeconds = 60 * idleMinutes;
  logError("Starting JupyterLab …");
  const lab = await startLab(jupyter, { port: free, notebook, browser, idleSeconds, signal });
  log(`notebooks  ${lab.url}`);
  log(`They are your copies, in ${workFolder}/: what you change there stays, and git ignores it.`);
  logError(idleRule);
  logError("Ctrl-C ends JupyterLab and its kernels.");
  await lab.ended;
}

const idleRule =
  `A closed notebook's kernel ends ${idleMinutes} minutes after its last cell has finished.`;

const elsewhere = "Without that, your own Jupyter shows the notebooks with the kernel that " +
  "deno jupyter --install adds to it";

/** Says what is installed, and how large it is. */
export function tellInstalling(pins: readonly string[], folder: string, more = ""): void {
  logError(
    `Installing ${pins.join(" and ")} with pip, once: about 60 MB to download, 320 MB in ` +
      `${folder}.${more}`,
  );
}

function port(text: string): number {
  const number = whole("--port", 1)(text);
  if (number < 65_536) return number;
  throw new UsageError(`--port must be a whole number from 1 to 65535. Received: ${text}`);
}

/** Returns the requested port, or the first free one from the default on. */
function freePort(requested: number | undefined): number {
  const candidates = requested === undefined
    ? Array.from({ length: 50 }, (_, index) => defaultPort + index)
    : [requested];
  for (const port of candidates) {
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new UsageError(
    requested === undefined
      ? `no port from ${defaultPort} to ${candidates.at(-1)} is free; name one with --port`
      : `--port must be a free port. Received: ${requested}`,
  );
}
