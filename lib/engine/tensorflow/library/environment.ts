import { join } from "@std/path";
import envPaths from "env-paths";

// The names by which users of this project configure the engine. Nothing else in it depends on them.

/** The environment variable with the path of TensorFlow's library, or of its folder. */
export const pathVariable = "VGG_TENSORFLOW";

/** The environment variable that refuses native code, unless it is empty or 0. */
export const refuseVariable = "VGG_NO_NATIVE";

/** The name of the project's folder in the user's cache. */
const cacheName = "vgg-deno";

/** A folder of the user's that all checkouts of the project share. */
export function cacheFolder(): string {
  return join(envPaths(cacheName, { suffix: "" }).cache, "tensorflow");
}

/** Whether {@linkcode refuseVariable} refuses native code. */
export function isRefused(): boolean {
  const refused = Deno.env.get(refuseVariable);
  return refused !== undefined && refused !== "" && refused !== "0";
}
