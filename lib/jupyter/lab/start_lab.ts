import { requireClone } from "../../project_folder.ts";
import { PythonError } from "../../python/run_python.ts";
import type { Jupyter } from "./environment.ts";

/** How {@linkcode startLab} works. */
export interface LabOptions {
  readonly port: number;
  /** The notebook to open, as a path relative to the project folder. */
  readonly notebook: string;
  /** Whether to open a browser. */
  readonly browser: boolean;
  /** Seconds after its last cell when the kernel of a notebook that is not open ends. */
  readonly idleSeconds: number;
  /** Ends JupyterLab and its kernels. */
  readonly signal?: AbortSignal;
}

/** A running JupyterLab. */
export interface Lab {
  /** The address of the notebook, with the access token. */
  readonly url: string;
  /** Settles when JupyterLab has ended. */
  readonly ended: Promise<void>;
}

const folder = requireClone("the notebooks");

/** Milliseconds between two requests to a server that starts, and until it must answer. */
const pollEvery = 200, startTimeout = 180_000;

/**
 * Starts JupyterLab in the project folder, reachable from this machine only, and waits until it
 * answers.
 *
 * @throws {PythonError} If it ends before it answers, or does not answer within three minutes.
 */
export async function startLab(jupyter: Jupyter, options: LabOptions): Promise<Lab> {
  const token = crypto.randomUUID().replaceAll("-", "");
  const server = new Deno.Command(jupyter.python, {
    args: ["-m", "jupyterlab", ...settings(options), options.notebook],
    cwd: folder,
    // Other users of the machine can read arguments but not the environment.
    env: { ...jupyter.env, JUPYTER_TOKEN: token },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const errorOutput = collectEnd(server.stderr);
  const base = `http://127.0.0.1:${options.port}`;
  const stop = async (): Promise<void> => {
    // Windows has no SIGTERM: it would end JupyterLab alone, and leave its kernels.
    if (Deno.build.os === "windows" && await askToEnd(base, token, server.status)) return;
    // The same Ctrl-C may have ended it already.
    try {
      server.kill("SIGTERM");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  };
  options.signal?.addEventListener("abort", stop, { once: true });
  const ended = server.status.then(() => options.signal?.removeEventListener("abort", stop));
  try {
    await waitForAnswer(`${base}/api/status?token=${token}`, server.status);
  } catch (error) {
    await stop();
    await ended;
    options.signal?.throwIfAborted();
    throw new PythonError(`JupyterLab did not start: ${errorOutput().trim() || error}`);
  }
  return { url: `${base}/lab/tree/${options.notebook}?token=${token}`, ended };
}

/** Milliseconds in which JupyterLab ends with its kernels. */
const endTimeout = 5000;

/**
 * Asks a Jupyter server to end, and its kernels with it.
 *
 * @param status Settles when it has ended.
 * @returns Whether it has ended within some seconds.
 */
export async function askToEnd(
  base: string,
  token: string,
  status: Promise<unknown>,
): Promise<boolean> {
  const signal = AbortSignal.timeout(endTimeout);
  const asked = await fetch(`${base}/api/shutdown?token=${token}`, { method: "POST", signal })
    .then(async (response) => {
      await response.body?.cancel();
      return response.ok;
    }, () => false);
  if (!asked) return false;
  return await Promise.race([
    status.then(() => true),
    new Promise<boolean>((resolve) =>
      signal.aborted ? resolve(false) : signal.addEventListener("abort", () => resolve(false))
    ),
  ]);
}

function settings({ port, browser, idleSeconds }: LabOptions): string[] {
  return [
    `--ServerApp.root_dir=${folder}`,
    `--ServerApp.port=${port}`,
    // A port in use must be an error: another port would not be the announced one.
    "--ServerApp.port_retries=0",
    "--ServerApp.ip=127.0.0.1",
    // Ctrl-C must end it without a question.
    "--ServerApp.answer_yes=True",
    `--ServerApp.open_browser=${browser ? "True" : "False"}`,
    "--LabApp.custom_css=True",
    "--KernelSpecManager.allowed_kernelspecs=deno",
    "--MultiKernelManager.default_kernel_name=deno",
    // Neither a kernel that computes nor that of an open notebook ends.
    `--MappingKernelManager.cull_idle_timeout=${idleSeconds}`,
    `--MappingKernelManager.cull_interval=${Math.ceil(idleSeconds / 10)}`,
    "--log-level=ERROR",
    ...(Deno.uid() === 0 ? ["--allow-root"] : []),
  ];
}

async function waitForAnswer(url: string, status: Promise<Deno.CommandStatus>): Promise<void> {
  let code: number | undefined;
  status.then((ended) => code = ended.code);
  for (const start = Date.now(); Date.now() - start < startTimeout;) {
    if (code !== undefined) throw new Error(`it ended with status ${code}`);
    const response = await fetch(url).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, pollEvery));
  }
  throw new Error(`no answer in ${startTimeout / 1000} s`);
}

/** Reads a stream, so that its writer never blocks, and keeps the last 2000 characters. */
function collectEnd(stream: ReadableStream<Uint8Array>): () => string {
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
