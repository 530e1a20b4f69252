/**
 * What the engine uses of Deno, on Node and Bun: `@deno/shim-deno`, and what that lacks.
 *
 * @module
 */

import { Deno as shim } from "@deno/shim-deno";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { openLibrary } from "./open_library.ts";

class NotCapable extends Error {
  override readonly name = "NotCapable";
}

interface CommandOptions {
  args?: string[];
  clearEnv?: boolean;
  cwd?: string;
  env?: Record<string, string>;
  stdin?: "null" | "inherit" | "piped";
  stdout?: "null" | "inherit" | "piped";
  stderr?: "null" | "inherit" | "piped";
  signal?: AbortSignal;
}

interface Ending {
  readonly success: boolean;
  readonly code: number;
  readonly signal: string | null;
}

interface Output extends Ending {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

interface Child {
  readonly pid: number | undefined;
  readonly status: Promise<Ending>;
  readonly stdout: ReadableStream | null;
  readonly stderr: ReadableStream | null;
  kill(signal?: NodeJS.Signals): boolean;
}

/** `Deno.Command`, as far as the engine uses it: programs that get no input. */
class Command {
  readonly #program: string;
  readonly #args: readonly string[];
  readonly #options;

  constructor(program: string, { args = [], clearEnv, env, cwd, signal, ...io }: CommandOptions) {
    this.#program = program;
    this.#args = args;
    this.#options = {
      env: { ...(clearEnv ? {} : process.env), ...env },
      cwd,
      signal,
      stdio: [io.stdin ?? "null", io.stdout ?? "piped", io.stderr ?? "piped"]
        .map((way) => way === "null" ? "ignore" : way === "piped" ? "pipe" : way) as ("pipe")[],
    };
  }

  outputSync(): Output {
    const { error, status, signal, stdout, stderr } = spawnSync(
      this.#program,
      this.#args,
      this.#options,
    );
    if (error) throw known(error);
    return { ...ending(status, signal), stdout, stderr };
  }

  spawn(): Child {
    const child = spawn(this.#program, this.#args, this.#options);
    const failed = once(child, "error").then(([error]) => Promise.reject(known(error)));
    const closed = once(child, "close").then(([code, signal]) => ending(code, signal));
    const status = Promise.race([closed, failed]);
    return {
      pid: child.pid,
      status,
      stdout: child.stdout && Readable.toWeb(child.stdout) as ReadableStream,
      stderr: child.stderr && Readable.toWeb(child.stderr) as ReadableStream,
      kill: (signal?: NodeJS.Signals) => child.kill(signal),
    };
  }

  async output(): Promise<Output> {
    const { status, stdout, stderr } = this.spawn();
    const [ended, out, err] = await Promise.all([status, bytesOf(stdout), bytesOf(stderr)]);
    return { ...ended, stdout: out, stderr: err };
  }
}

function ending(code: number | null, signal: string | null): Ending {
  return { success: code === 0, code: code ?? 1, signal };
}

function known(error: Error & { code?: string }): Error {
  return error.code === "ENOENT" ? new shim.errors.NotFound(error.message) : error;
}

async function bytesOf(stream: ReadableStream | null): Promise<Uint8Array> {
  return stream ? new Uint8Array(await new Response(stream).arrayBuffer()) : new Uint8Array();
}

/** `LOCK_EX | LOCK_NB` */
const exclusive = 2 | 4;

/** `Deno.FsFile.tryLock`: Node locks no files, so the C library does. Windows has no `flock`. */
function tryLock(this: { readonly rid: number }): Promise<boolean> {
  if (shim.build.os === "windows") return Promise.resolve(true);
  const name = shim.build.os === "darwin" ? "libSystem.dylib" : "libc.so.6";
  const { flock } =
    openLibrary(name, { flock: { parameters: ["i32", "i32"], result: "i32" } }).symbols;
  return Promise.resolve(flock!(this.rid, exclusive) === 0);
}

Object.assign(shim.FsFile.prototype, {
  tryLock,
  [Symbol.dispose](this: { close(): void }): void {
    this.close();
  },
});

/** The names of Deno that the engine uses. */
export const Deno = { ...shim, Command, errors: { ...shim.errors, NotCapable } };
