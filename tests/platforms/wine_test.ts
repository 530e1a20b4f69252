import { checkEngine } from "./check_engine.ts";
import { readyWine, windowsPath } from "./wine.ts";

const wine = Deno.env.get("VGG_WINE") === "1" ? await readyWine() : "see deno task dev:wine";

Deno.test({
  name: "the native engine computes, compiles and refuses under Wine, with Deno for Windows" +
    (typeof wine === "string" ? ` (skipped: ${wine})` : ""),
  ignore: typeof wine === "string",
  fn: () =>
    checkEngine({
      ...wine as Exclude<typeof wine, string>,
      // Wine 8 makes no junctions, of which Deno makes a folder node_modules.
      flags: ["--no-lock", "--node-modules-dir=none"],
      pathOf: windowsPath,
      os: "windows",
    }),
});
