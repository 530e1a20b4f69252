/**
 * Answers a program's downloads from the folder that `VGG_PROGRAM_DOWNLOADS` names: a URL gives the file of
 * its last name. A harness needs no network, and a program that always downloads stays as it is.
 *
 * @module
 */

import { createReadStream, type ReadStream } from "node:fs";
import https from "node:https";
import { basename, join } from "node:path";
import process from "node:process";

/** Begins to answer `https.get`. */
export function answerDownloads(): void {
  const folder = process.env.VGG_PROGRAM_DOWNLOADS;
  if (!folder) return;
  const get = (url: string, respond: (file: ReadStream) => void): ReadStream => {
    const file = createReadStream(join(folder, basename(new URL(url).pathname)));
    file.once("open", () => respond(file));
    return file;
  };
  // The boundary to Node: its own function takes more kinds of arguments.
  https.get = get as unknown as typeof https.get;
}
