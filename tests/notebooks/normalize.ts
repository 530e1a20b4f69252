import type { Cell, Notebook, Output } from "./notebook.ts";

/**
 * A notebook as it is committed: nothing in it that another execution changes but what was
 * computed. Cells have ids of their sources.
 */
export async function normalize({ cells, metadata }: Notebook): Promise<Notebook> {
  const seen = new Map<string, number>();
  const identified: Cell[] = [];
  for (const cell of cells) {
    const digest = await shortDigest(`${cell.cell_type}\n${cell.source}`);
    const count = (seen.get(digest) ?? 0) + 1;
    seen.set(digest, count);
    const id = count === 1 ? digest : `${digest}-${count}`;
    identified.push({
      ...cell,
      id,
      ...(cell.cell_type === "code" ? { outputs: cell.outputs.map(plainOutput) } : {}),
    } as Cell);
  }
  const language_info = metadata.language_info ?? { name: "typescript" };
  return {
    cells: identified,
    metadata: { kernelspec, language_info },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

const kernelspec = { display_name: "Deno", language: "typescript", name: "deno" };

function plainOutput(output: Output): Output {
  if (output.output_type === "stream" || output.output_type === "error") return output;
  const image = output.metadata["image/png"];
  return { ...output, metadata: image === undefined ? {} : { "image/png": image } };
}

async function shortDigest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(bytes).toHex().slice(0, 8);
}

/** A notebook's file: with keys in Jupyter's order and texts in lines, for differences to be read. */
export function notebookText({ cells, ...rest }: Notebook): string {
  const written = cells.map((cell) => {
    const common = { cell_type: cell.cell_type, id: cell.id, metadata: {} };
    const source = inLines(cell.source);
    if (cell.cell_type !== "code") return { ...common, source };
    const { execution_count, outputs } = cell;
    return { ...common, execution_count, source, outputs: outputs.map(writeOutput) };
  });
  return JSON.stringify({ cells: written, ...rest }, null, 1) + "\n";
}

function writeOutput(output: Output): unknown {
  if (output.output_type === "error") return output;
  if (output.output_type === "stream") return { ...output, text: inLines(output.text) };
  const data = Object.entries(output.data).map(([type, value]) => [
    type,
    typeof value === "string" && type.startsWith("text/") ? inLines(value) : value,
  ]);
  return { ...output, data: Object.fromEntries(data) };
}

function inLines(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}
