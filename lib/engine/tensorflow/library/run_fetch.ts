import { readLines } from "../../../files/read.ts";
import { FetchError } from "../../../files/remote/remote_file.ts";
import { WriteError } from "../../../files/write.ts";
import { programCommand } from "../../../linker_variables.ts";
import { LibraryError } from "../../errors.ts";
import { fetchRanges, type RangesOptions, type RangesRequest } from "./fetch_ranges.ts";
import { parseProgress } from "./pip_download.ts";

const kinds = { FetchError, LibraryError, WriteError };

/**
 * Calls {@linkcode fetchRanges} where the network is allowed: in this process, or in one of its own. The
 * tasks' permissions cannot name the hosts, which pip's configuration decides; that process may write
 * nowhere else.
 *
 * @throws As {@linkcode fetchRanges} does.
 */
export async function runFetch(request: RangesRequest, options: RangesOptions): Promise<void> {
  if (Deno.permissions.querySync({ name: "net" }).state === "granted") {
    return await fetchRanges(request, options);
  }
  const { signal } = options;
  const process = startProcess(request, signal);
  const [{ success }, , errors] = await Promise.all([
    process.status,
    linesOf(process.stdout, (line) => tell(line, options)),
    linesOf(process.stderr),
  ]);
  signal?.throwIfAborted();
  if (success) return;
  const [, kind = "", message] = /^(\w+): (.*)/.exec(errors.at(-1) ?? "") ?? [];
  if (message && kind in kinds) throw new kinds[kind as keyof typeof kinds](message);
  throw new FetchError(
    `the process that fetches TensorFlow failed: ${errors.at(-1) ?? "silently"}`,
  );
}

function startProcess(request: RangesRequest, signal?: AbortSignal): Deno.ChildProcess {
  const command = [
    // Started by `env`: a permission cannot name this Deno, whose path differs between machines.
    ...Deno.build.os === "windows" ? [] : ["env"],
    ...[Deno.execPath(), "run", "-q", "--node-modules-dir=none", "--no-prompt"],
    ...["--allow-read", "--allow-env", "--allow-net", `--allow-write=${request.folder}`],
    ...[import.meta.resolve("./fetch_process.ts"), JSON.stringify(request)],
  ];
  try {
    return programCommand(command[0]!, command.slice(1), {
      ...{ stdin: "null", stdout: "piped", stderr: "piped" },
      ...(signal ? { signal } : {}),
    }).spawn();
  } catch (error) {
    throw new FetchError(`Deno cannot be started to fetch TensorFlow: ${(error as Error).message}`);
  }
}

function tell(line: string, { onMessage, onBytes }: RangesOptions): void {
  const progress = parseProgress(line);
  if (progress) onBytes?.(...progress);
  const [, message] = /^Message (.*)/.exec(line) ?? [];
  if (message) onMessage?.(message);
}

async function linesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void = () => {},
): Promise<string[]> {
  const lines = [];
  for await (const line of readLines(stream)) {
    onLine(line);
    lines.push(line);
  }
  return lines;
}
