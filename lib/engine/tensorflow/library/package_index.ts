import { join } from "@std/path";
import { z } from "zod";
import { tryParseJson } from "../../../files/decode_text.ts";
import { fetchFile } from "../../../files/remote/fetch_file.ts";
import { FetchError, type FetchOptions } from "../../../files/remote/remote_file.ts";
import { runPython } from "../../../python/run_python.ts";
import { LibraryError } from "../../errors.ts";
import { type Wheel, wheelName, wheelVersion } from "./wheels.ts";

/** Variables with an index's address, which are read where Python does not tell one. */
const variables = ["PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"];

/** Prints whether pip may use an index, and which: by its configuration, variables and default. */
const script = `
import json
from pip._internal.commands import create_command
options = create_command("download").parser.get_default_values()
print(json.dumps([options.no_index, options.index_url]))
`;

const answerSchema = z.tuple([z.boolean(), z.string()]);

/** What an index says of a package, as far as it is used (PEP 691). */
const pageSchema = z.object({
  files: z.array(z.object({
    filename: z.string(),
    url: z.string(),
    hashes: z.record(z.string(), z.string()),
  })),
});

/** The media type of {@linkcode pageSchema}. Without it, an index answers in HTML. */
const pageType = "application/vnd.pypi.simple.v1+json";

/**
 * Returns the address of the package index that pip uses, which this project does not choose itself.
 *
 * @throws {FetchError} If there is none, or it needs a password or a program that only pip knows.
 */
export async function findIndex(signal?: AbortSignal): Promise<string> {
  const index = await askPip(signal) ?? variables.map((name) => Deno.env.get(name)).find(Boolean);
  if (!index) {
    throw new FetchError(`no package index is known without pip: set ${variables[0]} to one`);
  }
  const url = URL.canParse(index) ? new URL(index) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new FetchError("the package index has no http or https address");
  }
  if (url.username || url.password) throw new FetchError("the package index needs a password");
  return index.replace(/\/*$/, "/");
}

async function askPip(signal: AbortSignal | undefined): Promise<string | undefined> {
  const python = await runPython("python3", ["-c", script], { signal }).catch(() => undefined);
  signal?.throwIfAborted();
  if (!python?.success) return undefined;
  const answer = answerSchema.safeParse(tryParseJson(python.out));
  if (!answer.success) return undefined;
  const [noIndex, index] = answer.data;
  if (noIndex) throw new FetchError("pip is configured to use no package index");
  return index;
}

/**
 * Asks a package index for the address of a wheel.
 *
 * @param folder For a temporary file.
 * @throws {FetchError} If it does not answer in JSON, or does not list the wheel.
 * @throws {LibraryError} If it lists another file by the wheel's name than the published one.
 */
export async function findWheel(
  index: string,
  wheel: Wheel,
  folder: string,
  options: FetchOptions,
): Promise<string> {
  const url = new URL(`${wheel.package}/`, index).href;
  const path = join(folder, "index.json");
  await Deno.remove(path).catch(() => {});
  await fetchFile({ name: "the list of wheels", url, accept: pageType }, path, options);
  const name = wheelName(wheel);
  const page = pageSchema.safeParse(tryParseJson(await Deno.readTextFile(path)));
  if (!page.success) throw new FetchError(`${url} did not answer in JSON`);
  const found = page.data.files.find(({ filename }) => filename === name);
  if (!found) throw new FetchError(`${url} does not list ${name}`);
  const listed = found.hashes.sha256;
  if (listed !== undefined && listed !== wheel.sha256) throw otherWheel(wheel, listed);
  return new URL(found.url, url).href;
}

/** The error of an index that gives another file than the published one. */
export function otherWheel(
  { package: name, version = wheelVersion, sha256 }: Wheel,
  received: string,
): LibraryError {
  return new LibraryError(
    `the package index gave another file than the published ${name} ${version}, so that it is not ` +
      `used: check PIP_INDEX_URL and pip's configuration. Its SHA-256 must be ${sha256}. ` +
      `Received: ${received}`,
  );
}
