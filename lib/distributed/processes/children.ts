import { withoutLinkerVariables } from "../../linker_variables.ts";
import { readLines } from "../../files/read.ts";
import { type EndSignal, endSignals, statusOfSignal } from "./end_signals.ts";
import { type ExitStatus, hasFailed, isUnrecoverable } from "./exit_status.ts";

/** Milliseconds in which other processes may still report the same error after the chief has failed. */
const chiefGrace = 1000;

/** A process to start. */
export interface ChildCommand {
  /** The name of the process in messages. */
  readonly name: string;
  /** A program and its arguments. */
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it uses this process's terminal. Otherwise the lines of its error output go to `say`. */
  readonly hasTerminal: boolean;
}

/** The settings of {@linkcode Children}. */
export interface ChildrenOptions {
  /** Called with each line of the processes without a terminal. */
  readonly say: (line: string) => void;
  /** Milliseconds after which the other processes are killed if one has failed. Default 15 s. */
  readonly grace?: number;
}

/**
 * Starts child processes and waits for them. Until it is disposed of, SIGINT, SIGTERM and SIGHUP do not
 * end this process. Ctrl-C reaches the children directly, as they belong to the terminal's process group;
 * the others are forwarded to them. Windows tells them all itself.
 */
export class Children implements Disposable {
  readonly #options: ChildrenOptions;
  readonly #running = new Set<Deno.ChildProcess>();
  readonly #interruption = new AbortController();
  readonly #listeners = endSignals().map((signal) =>
    [signal, (): void => this.#onSignal(signal)] as const
  );
  #received: EndSignal = "SIGINT";

  constructor(options: ChildrenOptions) {
    this.#options = options;
    for (const [signal, listener] of this.#listeners) Deno.addSignalListener(signal, listener);
  }

  /** The exit status after the last of these signals. */
  get interruptStatus(): number {
    return statusOfSignal(this.#received);
  }

  /** Aborted after one of these signals. */
  get interrupted(): AbortSignal {
    return this.#interruption.signal;
  }

  /**
   * Starts processes and waits until all have ended. Processes that are still running some time after
   * another one has failed are killed.
   *
   * @returns How they ended, in chronological order.
   */
  async run(commands: readonly ChildCommand[]): Promise<ExitStatus[]> {
    const { grace = 15_000 } = this.#options;
    const endings: ExitStatus[] = [];
    let overdue = false, timer: ReturnType<typeof setTimeout> | undefined;
    const endAfter = (milliseconds: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        overdue = true;
        this.kill();
      }, milliseconds);
    };
    const wait = async ({ name, child, outputRead }: Started, index: number): Promise<void> => {
      const { code, signal } = await child.status;
      this.#running.delete(child);
      endings.push({ index, name, code, signal, overdue });
      if (isUnrecoverable({ index, code, signal })) endAfter(chiefGrace);
      else if (hasFailed({ code, signal }) && timer === undefined) endAfter(grace);
      await outputRead;
    };
    await Promise.all(commands.map((command) => this.#start(command)).map(wait));
    clearTimeout(timer);
    return endings;
  }

  /** Kills the running processes, including suspended ones. */
  kill(signal: Deno.Signal = "SIGKILL"): void {
    for (const child of this.#running) {
      try {
        child.kill(signal);
      } catch {
        // It has just ended.
      }
    }
  }

  [Symbol.dispose](): void {
    for (const [signal, listener] of this.#listeners) Deno.removeSignalListener(signal, listener);
  }

  #onSignal(signal: EndSignal): void {
    this.#received = signal;
    this.#interruption.abort();
    // Windows would end them at once.
    if (signal !== "SIGINT" && Deno.build.os !== "windows") this.kill(signal);
  }

  #start({ name, words: [program, ...args], env, hasTerminal }: ChildCommand): Started {
    const child = new Deno.Command(program!, {
      args,
      clearEnv: true,
      env: { ...withoutLinkerVariables(), ...env },
      stdin: hasTerminal ? "inherit" : "null",
      stdout: hasTerminal ? "inherit" : "null",
      stderr: hasTerminal ? "inherit" : "piped",
    }).spawn();
    this.#running.add(child);
    const outputRead = hasTerminal ? Promise.resolve() : this.#forward(name, child.stderr);
    return { name, child, outputRead };
  }

  async #forward(name: string, stream: Deno.ChildProcess["stderr"]): Promise<void> {
    for await (const line of readLines(stream)) {
      if (line.trim() !== "") this.#options.say(`${name}: ${line}`);
    }
  }
}

/** A started process. */
interface Started {
  readonly name: string;
  readonly child: Deno.ChildProcess;
  /** Settles when all lines of its error output have been forwarded. */
  readonly outputRead: Promise<void>;
}
