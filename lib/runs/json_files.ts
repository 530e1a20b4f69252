import { basename } from "@std/path";
import type { z } from "zod";
import { oneLine } from "../display/format.ts";

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
 * Reads a JSON file that must match a schema.
 *
 * @throws {RunError} If the file is missing or damaged.
 */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  return parse(await readText(path), schema, path);
}

/**
 * Reads a file with a JSON value per line, each of which must match a schema.
 *
 * @throws {RunError} If the file is missing or a line is damaged.
 */
export async function readJsonLines<T>(path: string, schema: z.ZodType<T>): Promise<T[]> {
  const lines = (await readText(path)).split("\n").filter((line) => line !== "");
  return lines.map((line, index) => parse(line, schema, `${path}, line ${index + 1}`));
}

function parse<T>(text: string, schema: z.ZodType<T>, where: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RunError(`${where} is damaged: ${(error as Error).message}`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new RunError(`${where} is damaged: ${issue.path.join(".")}: ${issue.message}`);
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new RunError(`${path} cannot be read: ${(error as Error).message}`);
    }
    throw new RunError(
      `there is no ${path}; ${hints[basename(path)] ?? "is this a run's folder?"}`,
    );
  }
}

/** How to create a missing file. */
const hints: Readonly<Record<string, string>> = {
  "run.json": "create a run's folder with: deno task train --run DIR",
  "evaluation.json": "create it with: deno task evaluate --run DIR",
  "predictions.jsonl": "create it with: deno task evaluate --run DIR",
  "index.json": "create it with: deno task evaluate --run DIR",
};
