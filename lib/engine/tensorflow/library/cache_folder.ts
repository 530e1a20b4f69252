import { join } from "@std/path";
import envPaths from "env-paths";

/** The name of the project's folder in the user's cache. */
const cacheName = "vgg-deno";

/** A folder of the user's that all checkouts of the project share. */
export function cacheFolder(): string {
  return join(envPaths(cacheName, { suffix: "" }).cache, "tensorflow");
}
