import { homedir } from "node:os";
import { requireClone } from "../../lib/project_folder.ts";
import { type Notebook, type Output, outputsOf } from "./notebook.ts";

const projectFolder = requireClone("tests");

/** A notebook must be reviewed and downloaded: its file is smaller than this. */
export const mostBytes = 1_000_000;

/** Folders of people's and of systems', wherever a path may come from. */
const absolutePath =
  /(?:^|[\s"'(=:])((?:\/(?:home|root|Users|tmp|var|work|opt|usr|mnt|media)\/|[A-Z]:\\|file:\/\/)[^\s"')]*)/;

/** What keeps an executed notebook from being committed, a line each. */
export function problemsOf(notebook: Notebook): string[] {
  return outputsOf(notebook).flatMap(problemsOfOutput);
}

function problemsOfOutput(output: Output): string[] {
  if (output.output_type === "error") return [`error: ${output.ename}: ${output.evalue}`];
  if (output.output_type === "stream" && output.name === "stderr") {
    return [`warning: ${output.text.trim()}`];
  }
  return textsOf(output).flatMap((text) => {
    const path = absolutePath.exec(text)?.[1] ??
      [projectFolder, homedir()].find((folder) => text.includes(folder));
    return [
      ...(text.includes("\u001b")
        ? [`terminal's codes: ${JSON.stringify(text.slice(0, 80))}`]
        : []),
      ...(path === undefined ? [] : [`an absolute path: ${path}`]),
    ];
  });
}

/** All text of an output; images, which are base 64, aside. */
function textsOf(output: Output): string[] {
  if (output.output_type === "stream") return [output.text];
  if (output.output_type === "error") return [output.evalue, ...output.traceback];
  return Object.entries(output.data)
    .filter(([type]) => !type.startsWith("image/") || type === "image/svg+xml")
    .map(([, value]) => typeof value === "string" ? value : JSON.stringify(value));
}
