import { basename } from "@std/path";
import type { z } from "zod";
import { oneLine } from "../display/format.ts";
import { ReadError, readLines } from "../files/read.ts";
import { readLimitedText, requireLimited } from "../files/read_limited.ts";
import { openSeal } from "./seal.ts";
import { commandPrefix } from "../command_line.ts";

/** A run folder is missing, damaged, or in the way. */
export class RunError extends Error {
  /** `RunError`. */
  override readonly name = "RunError";

  /** Takes a message, which becomes one line. */
  constructor(message: string) {
    super(oneLine(message));
  }
}

/**
 * Reads a JSON file that must match a schema, and the seal if it has one.
 *
 * @throws {RunError} If the file is missing, damaged, changed, or has more than `maxBytes` bytes.
 */
export async function readJson<T>(
  path: string,
  schema: z.ZodType<T>,
  maxBytes: number,
): Promise<T> {
  const text = await withRunErrors(path, () => readLimitedText(path, maxBytes));
  return parse(text, schema, { where: path, path });
}

/** A line has the probabilities of an image's classes at most. */
const maxLineLength = 2 ** 22;

/**
 * Reads a file with a JSON value per line, each of which must match a schema, and the seal if it has one.
 *
 * @throws {RunError} If the file is missing, a line is damaged, or it has more than `maxBytes` bytes.
 */
export async function readJsonLines<T>(
  path: string,
  schema: z.ZodType<T>,
  maxBytes: number,
): Promise<T[]> {
  return await withRunErrors(path, async () => {
    await requireLimited(path, maxBytes);
    const values: T[] = [];
    let seal = "";
    const { readable } = await Deno.open(path);
    for await (const line of readLines(readable, maxLineLength)) {
      if (line === "") continue;
      const where = `${path}, line ${values.length + 1}`;
      values.push(parse(line, schema, { where, path, before: seal, onSeal: (own) => seal = own }));
    }
    return values;
  });
}

/** Where a JSON text stands. */
interface Place {
  readonly where: string;
  readonly path: string;
  /** The seal of the line before. */
  readonly before?: string;
  readonly onSeal?: (seal: string) => void;
}

function parse<T>(text: string, schema: z.ZodType<T>, place: Place): T {
  const { where, path: file, before, onSeal } = place;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RunError(`${where} is damaged: ${(error as Error).message}`);
  }
  const { content, seal, isWhole } = openSeal(value, before);
  const result = schema.safeParse(content);
  if (!result.success) {
    const { path, message } = result.error.issues[0]!;
    const rule = message.includes("eceived")
      ? message
      : `${message}. Received: ${shown(value, path)}`;
    throw new RunError(`${where} is damaged: ${path.join(".")}: ${rule}`);
  }
  if (isWhole) {
    onSeal?.(seal);
    return result.data;
  }
  throw new RunError(
    `${where} is damaged or was changed: its sha256 is not that of its content; ` +
      (remedies[basename(file)] ?? `if you changed it, remove "sha256" from it`),
  );
}

/** The part of a value at a path, as the start of its JSON. */
function shown(value: unknown, path: readonly PropertyKey[]): string {
  const part = path.reduce((whole, key) => Object(whole)[key], value);
  const text = JSON.stringify(part) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

async function withRunErrors<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RunError || error instanceof ReadError) throw error;
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new RunError(`${path} cannot be read: ${(error as Error).message}`);
    }
    throw new RunError(
      `there is no ${path}; ${hints[basename(path)] ?? "is this a run's folder?"}`,
    );
  }
}

const restore = `if you changed it, remove "sha256" from it, otherwise restore a copy`;

/** What to do about a file whose seal is not that of its content. */
const remedies: Readonly<Record<string, string>> = {
  "run.json": restore,
  "history.jsonl": `${restore}; a run that is not finished writes it again with --resume`,
  "evaluation.json": `make it again with: ${commandPrefix} evaluate --run DIR`,
};

/** How to create a missing file. */
const hints: Readonly<Record<string, string>> = {
  "run.json": `create a run's folder with: ${commandPrefix} train --run DIR`,
  "evaluation.json": `create it with: ${commandPrefix} evaluate --run DIR`,
  "predictions.jsonl": `create it with: ${commandPrefix} evaluate --run DIR`,
  "index.json": `create it with: ${commandPrefix} evaluate --run DIR`,
};
