import { z } from "zod";

/** Text as notebooks keep it: in lines that keep their ends, or whole. */
const text = z.union([z.string(), z.array(z.string())])
  .transform((value) => Array.isArray(value) ? value.join("") : value);

const bundle = z.looseObject({
  "text/plain": text.optional(),
  "text/html": text.optional(),
  "image/png": text.optional(),
  "image/svg+xml": text.optional(),
});

const output = z.discriminatedUnion("output_type", [
  z.object({ output_type: z.literal("stream"), name: z.string(), text }),
  z.object({
    output_type: z.enum(["display_data", "execute_result"]),
    data: bundle,
    metadata: z.record(z.string(), z.unknown()),
    execution_count: z.number().nullable().optional(),
  }),
  z.object({
    output_type: z.literal("error"),
    ename: z.string(),
    evalue: z.string(),
    traceback: z.array(z.string()),
  }),
]);

const cell = z.discriminatedUnion("cell_type", [
  z.object({ cell_type: z.enum(["markdown", "raw"]), id: z.string().optional(), source: text }),
  z.object({
    cell_type: z.literal("code"),
    id: z.string().optional(),
    source: text,
    execution_count: z.number().nullable(),
    outputs: z.array(output),
  }),
]);

/** What is read of a notebook in Jupyter's format 4; texts are whole. */
export const notebookSchema = z.object({
  cells: z.array(cell),
  metadata: z.looseObject({}),
  nbformat: z.literal(4),
  nbformat_minor: z.number(),
});

export type Notebook = z.infer<typeof notebookSchema>;
export type Cell = Notebook["cells"][number];
export type Output = z.infer<typeof output>;
/** An output that shows something. */
export type Shown = Extract<Output, { output_type: "display_data" | "execute_result" }>;

/** Every output of a notebook. */
export function outputsOf({ cells }: Pick<Notebook, "cells">): Output[] {
  return cells.flatMap((cell) => cell.cell_type === "code" ? cell.outputs : []);
}

/** What a notebook shows: outputs that are neither streams nor errors. */
export function shownIn(notebook: Notebook): Shown[] {
  return outputsOf(notebook).filter((output): output is Shown =>
    output.output_type === "display_data" || output.output_type === "execute_result"
  );
}

/** The sources of a notebook's cells, with their kinds. */
export function sourcesOf({ cells }: Notebook): { kind: string; source: string }[] {
  return cells.map(({ cell_type: kind, source }) => ({ kind, source: source.trimEnd() }));
}
