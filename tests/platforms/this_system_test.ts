import { findLibrary } from "../../lib/engine/tensorflow/library/find_library.ts";
import { checkEngine } from "./check_engine.ts";

const library = await findLibrary();

Deno.test({
  name: "the native engine computes, compiles and refuses on this system" +
    (library ? "" : " (skipped: no native engine, see deno task setup)"),
  ignore: !library,
  fn: () => checkEngine({ command: [Deno.execPath()], os: Deno.build.os }),
});
