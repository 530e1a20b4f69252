import { normalize } from "./normalize.ts";
import { type Notebook, outputsOf } from "./notebook.ts";

/** A notebook whose cells each log, display and return their number, and the texts they must show. */
export async function countingNotebook(
  length: number,
): Promise<{ readonly notebook: Notebook; readonly texts: readonly string[][] }> {
  const numbers = Array.from({ length }, (_, index) => index);
  const notebook = await normalize({
    cells: numbers.map((index) => ({
      cell_type: "code",
      source: sourceOf(index),
      execution_count: null,
      outputs: [],
    })),
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  });
  return {
    notebook,
    texts: numbers.map((index) => [`log ${index}\n`, `display ${index}`, `${index}`]),
  };
}

/** The texts of the outputs of each cell. */
export function textsOf({ cells }: Notebook): string[][] {
  return cells.map((cell) =>
    outputsOf({ cells: [cell] }).map((output) => {
      if (output.output_type === "error") return output.evalue;
      return output.output_type === "stream" ? output.text : output.data["text/plain"] ?? "";
    })
  );
}

function sourceOf(index: number): string {
  return `console.log("log ${index}");
await Deno.jupyter.broadcast("display_data", {
  data: { "text/plain": "display ${index}" },
  metadata: {},
  transient: {},
});
${index} + 0`;
}
