import { type Cell, type Notebook, sourcesOf } from "./notebook.ts";

/** What every notebook has in addition to its lesson. */
export interface Frame {
  /** The first cell: title, introduction, goals, time, prerequisites, links. */
  readonly opening: string;
  /** The text under `## Summary`. */
  readonly summary: string;
  /** The text under `## Exercises`. */
  readonly exercises: string;
}

/** Reads the frame of a notebook; a part that is missing is empty. */
export function frameOf(notebook: Notebook): Frame {
  const texts = sourcesOf(notebook).filter(({ kind }) => kind === "markdown");
  const under = (heading: string): string => {
    const parts = texts.flatMap(({ source }) => source.split(/^(?=## )/m));
    return parts.filter((part) => part.startsWith(`## ${heading}\n`)).join("\n");
  };
  return {
    opening: texts[0]?.source ?? "",
    summary: under("Summary"),
    exercises: under("Exercises"),
  };
}

/** The exercises, each with its folded solution. */
export function exercisesIn(exercises: string): string[] {
  return exercises.split(/^(?=\d+\. )/m).slice(1);
}

const fold = /^ {3}<details><summary>Solution<\/summary>\n\n(.*?)\n\n {3}<\/details>$/gms;

/** The solutions of an exercise, without the indentation of the list. */
export function solutionsIn(exercise: string): string[] {
  return [...exercise.matchAll(fold)].map(([, text]) => text!.replaceAll(/^ {3}/gm, ""));
}

/** The code of a notebook's solutions, as cells to append to the notebook. */
export function solutionCells(notebook: Notebook): Cell[] {
  const solutions = exercisesIn(frameOf(notebook).exercises).flatMap(solutionsIn);
  return solutions.flatMap((text) => [...text.matchAll(/^```ts\n(.*?)\n```$/gms)])
    .map(([, source]) => ({
      cell_type: "code",
      source: source!,
      execution_count: null,
      outputs: [],
    }));
}
