import { readLines } from "../../files/read.ts";
import { type ExitStatus, hasFailed, isUnrecoverable } from "./exit_status.ts";
import { withoutLinkerVariables } from "./own_command.ts";

/** Milliseconds in which others may still say that they were given the same wrong thing. */
const vainGrace = 1000;

/** A process to start. */
export interface ChildCommand {
  /** What lines about it call it. */
  readonly name: string;
  /** A program and its arguments. */
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it has this process's terminal; of others the error output's lines are told. */
  readonly hasTerminal: boolean;
}

/** How {@linkcode Children} are waited for. */
export interface ChildrenOptions {
  /** Told the lines of those that have no terminal. */
  readonly say: (line: string) => void;
  /** Milliseconds that others may go on once one has failed, 15 s by default. */
  readonly grace?: number;
}

/**
 * The processes that this one starts and waits for. While it is there, signals do not end this
 * process: Ctrl-C reaches its children by itself, as they are of the terminal's group, and SIGTERM
 * is passed on to them.
 */
export class Children implements Disposable {
  readonly #options: ChildrenOptions;
  readonly #running = new Set<Deno.ChildProcess>();
  readonly #asked = new AbortController();

  constructor(options: ChildrenOptions) {
    this.#options = options;
    Deno.addSignalListener("SIGINT", this.#note);
    Deno.addSignalListener("SIGTERM", this.#passOn);
  }

  /** Aborted once a signal has asked for the end. */
  get asked(): AbortSignal {
    return this.#asked.signal;
  }

  /**
   * Starts processes and waits until all have ended. Those that still run when another one has
   * failed some time ago are killed.
   *
   * @returns How they ended, in the order of their times.
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
    const wait = async ({ name, child, told }: Started, index: number): Promise<void> => {
      const { code, signal } = await child.status;
      this.#running.delete(child);
      endings.push({ index, name, code, signal, overdue });
      if (isUnrecoverable({ index, code, signal })) endAfter(vainGrace);
      else if (hasFailed({ code }) && timer === undefined) endAfter(grace);
      await told;
    };
    await Promise.all(commands.map((command) => this.#start(command)).map(wait));
    clearTimeout(timer);
    return endings;
  }

  /** Kills those that run, also such as a signal has stopped. */
  kill(signal: Deno.Signal = "SIGKILL"): void {
    for (const child of this.#running) {
      try {
        child.kill(signal);
      } catch {
        // It has just ended by itself.
      }
    }
  }

  [Symbol.dispose](): void {
    Deno.removeSignalListener("SIGINT", this.#note);
    Deno.removeSignalListener("SIGTERM", this.#passOn);
  }

  readonly #note = (): void => this.#asked.abort();

  readonly #passOn = (): void => {
    this.#asked.abort();
    this.kill("SIGTERM");
  };

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
    return { name, child, told: hasTerminal ? Promise.resolve() : this.#tell(name, child.stderr) };
  }

  async #tell(name: string, stream: Deno.ChildProcess["stderr"]): Promise<void> {
    for await (const line of readLines(stream)) {
      if (line.trim() !== "") this.#options.say(`${name}: ${line}`);
    }
  }
}

/** A process that was started. */
interface Started {
  readonly name: string;
  readonly child: Deno.ChildProcess;
  /** Settles when all its lines are told. */
  readonly told: Promise<void>;
}
