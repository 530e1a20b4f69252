/**
 * Answers a program's downloads from the folder that `VGG_PROGRAM_DOWNLOADS` names: a URL gives the file of
 * its last name. A harness needs no network, and a program that always downloads stays as it is.
 *
 * @module
 */

import { createReadStream } from "node:fs";
import https from "node:https";
import { basename, join } from "node:path";
import process from "node:process";

/** Begins to answer `https.get`. */
export function answerDownloads() {
  const folder = process.env.VGG_PROGRAM_DOWNLOADS;
  if (!folder) return;
  https.get = (url, respond) => {
    const file = createReadStream(join(folder, basename(new URL(url).pathname)));
    file.once("open", () => respond(file));
    return file;
  };
}
