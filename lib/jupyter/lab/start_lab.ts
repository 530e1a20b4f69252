import { PythonError } from "../../python/environment.ts";
import { projectFolder } from "../../project_folder.ts";
import type { Jupyter } from "./environment.ts";

/** How {@linkcode startLab} works. */
export interface LabOptions {
  readonly port: number;
  /** A notebook to open, as a path in the project. */
  readonly notebook: string;
  /** Whether a browser is opened. */
  readonly browser: boolean;
  /** Ends JupyterLab and its kernels. */
  readonly signal?: AbortSignal;
}

/** JupyterLab while it runs. */
export interface Lab {
  /** Where the notebook is, with the token that lets in. */
  readonly url: string;
  /** Settles when JupyterLab has ended. */
  readonly ended: Promise<void>;
}

/** Milliseconds between two looks at a server that starts, and in which it must answer. */
const lookEvery = 200, startWithin = 60_000;

/**
 * Starts JupyterLab in the project's folder, for this machine alone, and waits until it answers.
 *
 * @throws {PythonError} Where it ends before it answers.
 */
export async function startLab(jupyter: Jupyter, options: LabOptions): Promise<Lab> {
  const token = crypto.randomUUID().replaceAll("-", "");
  const server = new Deno.Command(jupyter.python, {
    args: ["-m", "jupyterlab", ...settings(options), options.notebook],
    cwd: projectFolder,
    // In the environment the token is hidden from the machine's other users.
    env: { ...jupyter.env, JUPYTER_TOKEN: token },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = collect(server.stderr);
  const stop = (): void => {
    // It may have ended by the same Ctrl-C.
    try {
      server.kill("SIGTERM");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  };
  options.signal?.addEventListener("abort", stop, { once: true });
  const ended = server.status.then(() => options.signal?.removeEventListener("abort", stop));
  const base = `http://127.0.0.1:${options.port}`;
  try {
    await answering(`${base}/api/status?token=${token}`, server.status);
  } catch (error) {
    stop();
    await ended;
    options.signal?.throwIfAborted();
    throw new PythonError(`JupyterLab did not start: ${said().trim() || error}`);
  }
  return { url: `${base}/lab/tree/${options.notebook}?token=${token}`, ended };
}

function settings({ port, browser }: LabOptions): string[] {
  return [
    `--ServerApp.root_dir=${projectFolder}`,
    `--ServerApp.port=${port}`,
    // Another program's port is an error that says so, not another port than the one announced.
    "--ServerApp.port_retries=0",
    "--ServerApp.ip=127.0.0.1",
    // Ctrl-C ends it without a question.
    "--ServerApp.answer_yes=True",
    `--ServerApp.open_browser=${browser ? "True" : "False"}`,
    "--KernelSpecManager.allowed_kernelspecs=deno",
    "--MultiKernelManager.default_kernel_name=deno",
    "--log-level=ERROR",
    ...(Deno.uid() === 0 ? ["--allow-root"] : []),
  ];
}

async function answering(url: string, status: Promise<Deno.CommandStatus>): Promise<void> {
  let code: number | undefined;
  status.then((ended) => code = ended.code);
  for (const start = Date.now(); Date.now() - start < startWithin;) {
    if (code !== undefined) throw new Error(`it ended with status ${code}`);
    const response = await fetch(url).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, lookEvery));
  }
  throw new Error(`no answer in ${startWithin / 1000} s`);
}

/** Reads a stream to its end, lest its writer wait; what it said last is kept. */
function collect(stream: ReadableStream<Uint8Array>): () => string {
  let text = "";
  const decoder = new TextDecoder();
  stream.pipeTo(
    new WritableStream({
      write: (part) => {
        text = (text + decoder.decode(part, { stream: true })).slice(-2000);
      },
    }),
  );
  return () => text;
}
