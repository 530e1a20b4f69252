import { readLines } from "../../lib/files/read.ts";
import type { EpochCase, NetworkCase, Opened, Refused, Stepped } from "./protocol.ts";

/** How a worker is started. */
export interface WorkerCommand {
  readonly program: string;
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A worker that ended before it answered. */
export class DeadWorkerError extends Error {
  override readonly name = "DeadWorkerError";
}

/** A case that a framework does not do on this machine, or not in time. */
export class NotRunError extends Error {
  override readonly name = "NotRunError";
}

/** As Python and Deno begin the line that says what was wrong. */
const errorLine = /^(?:error|[\w.]*(?:Error|Exception))\b.*?: /;

const running = new Set<WorkerProcess>();

/** Kills every worker at once: for Ctrl-C, which must leave nobody behind. */
export function killWorkers(): void {
  for (const worker of running) worker.kill();
}

/** A process that answers each line of JSON on its input by one on its output. */
export class WorkerProcess {
  /** When it was started, by `performance.now()`. */
  readonly started = performance.now();
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #replies: AsyncGenerator<string, void, void>;
  readonly #errors: Promise<void>;
  #words = "";

  constructor({ program, words, environment }: WorkerCommand) {
    this.#child = new Deno.Command(program, {
      args: [...words],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      env: { PYTHONDONTWRITEBYTECODE: "1", NO_COLOR: "1", ...environment },
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#replies = readLines(this.#child.stdout);
    this.#errors = this.#listen();
    running.add(this);
  }

  /**
   * @throws {NotRunError} Where the answer takes longer than the limit: the worker is then killed.
   * {DeadWorkerError} Where it ends without one.
   */
  async ask<Answer>(question: unknown, limitSeconds: number): Promise<Answer> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.kill();
    }, limitSeconds * 1000);
    try {
      // A dead worker is found out below, by its silence.
      await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(question)}\n`))
        .catch(() => {});
      const line = await this.#reply();
      // Both ends of the pipe are this benchmark's own.
      if (line !== undefined) return JSON.parse(line) as Answer;
    } finally {
      clearTimeout(timer);
    }
    if (late) throw new NotRunError(`no answer within ${limitSeconds} s`);
    throw new DeadWorkerError(await this.#lastWords());
  }

  /** The most memory that the process ever held, in bytes; nothing where the system is not Linux. */
  peak(): { peakBytes?: number } {
    try {
      const status = Deno.readTextFileSync(`/proc/${this.#child.pid}/status`);
      const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
      return kibibytes === undefined ? {} : { peakBytes: Number(kibibytes) * 1024 };
    } catch {
      return {}; // Not Linux, or the process is gone.
    }
  }

  kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }

  async stop(): Promise<void> {
    this.kill();
    await this.#writer.abort().catch(() => {});
    for await (const _ of this.#replies); // Lets the pipe end.
    await Promise.all([this.#child.status, this.#errors]);
    running.delete(this);
  }

  async #reply(): Promise<string | undefined> {
    while (true) {
      const { done, value } = await this.#replies.next();
      if (done) return undefined;
      // Libraries print too.
      if (value.startsWith("{")) return value;
    }
  }

  async #listen(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.#words = (this.#words + text).slice(-10_000);
    }
  }

  async #lastWords(): Promise<string> {
    const [{ code, signal }] = await Promise.all([this.#child.status, this.#errors]);
    const said = this.#words.split("\n").map((line) => line.trim()).filter(Boolean);
    const end = signal ? `ended by ${signal}` : `ended with status ${code}`;
    // One that was killed had no time for last words.
    const words = said.findLast((line) => errorLine.test(line)) ?? (signal ? "" : said.at(-1));
    return words ? `${end}: ${words.slice(0, 300)}` : end;
  }
}

/** A framework in a process of its own, so that its memory is its own and its threads sleep between turns. */
export class FrameworkProcess extends WorkerProcess {
  /** @throws {NotRunError} Where the framework says that it cannot. */
  async open(work: NetworkCase | EpochCase, limitSeconds: number): Promise<Opened> {
    const answer = await this.ask<Opened | Refused>({ open: work }, limitSeconds);
    if ("cannot" in answer) throw new NotRunError(answer.cannot);
    return answer;
  }

  /** @throws {NotRunError} Where a step takes longer than the limit: the worker is then killed. */
  async run(steps: number, limitSeconds: number): Promise<Stepped> {
    const stepped = await this.ask<Stepped>({ steps }, limitSeconds * steps);
    if (Number.isFinite(stepped.value)) return stepped;
    throw new DeadWorkerError(`a step gave no number. Received: ${stepped.value}`);
  }
}
