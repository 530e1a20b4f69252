import { join } from "@std/path";
import { DataError } from "../../errors.ts";
import { articleClasses } from "../../sources/class_names.ts";
import { isFile, isFolder } from "../../sources/folders.ts";
import { type ArticleManifest, readManifest } from "./manifest.ts";
import { commandPrefix } from "../../../command_line.ts";

/** The name by which the article's photographs are loaded, and that of their folder. */
export const articleName = "article";

/** Where ImageNet publishes one archive for each synset, without an account and without digests. */
export const articleBase = "https://image-net.org/data/winter21_whole/";

/** The paths of the article's photographs in the folder of downloaded sets. */
export interface ArticlePaths {
  readonly folder: string;
  readonly manifest: string;
  /** What is under way. */
  readonly download: string;
}

export function articlePaths(root: string): ArticlePaths {
  const folder = join(root, articleName);
  return {
    folder,
    manifest: join(folder, "manifest.json"),
    download: join(root, `${articleName}.download`),
  };
}

/** What is there of the article's photographs. */
export interface ArticleState {
  /** `whole`: all classes that a server has were fetched. */
  readonly state: "whole" | "begun" | "absent";
  /** The ids of the classes that are there, in the article's order. */
  readonly classes: readonly string[];
  readonly missing: ArticleManifest["missing"];
}

/** Says what is there of the article's photographs. */
export async function articleState(root: string): Promise<ArticleState> {
  const { manifest: path, download } = articlePaths(root);
  const manifest = await readManifest(path);
  const fetched = new Set(manifest?.classes.map(({ id }) => id));
  const classes = articleClasses.map(({ id }) => id).filter((id) => fetched.has(id));
  const missing = (manifest?.missing ?? []).filter(({ id }) => !fetched.has(id));
  const isWhole = classes.length + missing.length === articleClasses.length;
  if (isWhole) return { state: "whole", classes, missing };
  const begun = manifest !== undefined || await isFolder(download);
  return { state: begun ? "begun" : "absent", classes, missing };
}

/**
 * Returns the classes of the article's photographs that are there, in its order, and a warning for each
 * that ImageNet did not have.
 *
 * @throws {DataError} If they are not downloaded, or only some of them.
 */
export async function openArticle(
  root: string,
): Promise<{ folder: string; classes: readonly string[]; warnings: readonly string[] }> {
  const { folder } = articlePaths(root);
  const { state, classes, missing } = await articleState(root);
  if (state === "whole") {
    const warnings = missing.map(({ id, reason }) => `The class ${id} is missing: ${reason}`);
    return { folder, classes, warnings };
  }
  const [what, command] = state === "absent"
    ? [`${articleName} is not in ${folder} yet; get it with`, "--accept-terms"]
    : [
      `${folder} has ${classes.length} of the ${articleClasses.length} classes; fetch the rest`,
      "",
    ];
  throw new DataError(`${what}: ${commandPrefix} data ${articleName} ${command}`.trim());
}

/** The file that records which terms were accepted. */
const acceptedFile = "accepted_terms.json";

/** What ImageNet asks of those who download its images; the address has its own words. */
export const imagenetTermsLines: readonly string[] = [
  "The article's photographs are ImageNet's. Its terms of access (https://image-net.org/download)",
  "allow their use for non-commercial research and education only, by one who answers for that use,",
  "without any warranty; the photographs belong to those who took them, and may not be passed on",
  "to anybody who has not accepted the terms as well.",
];

/** Whether ImageNet's terms were accepted on this machine. */
export async function acceptedTerms(root: string): Promise<boolean> {
  return await isFile(join(root, acceptedFile));
}

/** Remembers that ImageNet's terms were accepted. */
export async function acceptTerms(root: string): Promise<void> {
  await Deno.mkdir(root, { recursive: true });
  const accepted = { imagenet: { accepted: new Date().toISOString(), by: "deno task data" } };
  await Deno.writeTextFile(join(root, acceptedFile), JSON.stringify(accepted) + "\n");
}
