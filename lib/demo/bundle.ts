import { asDenoLoads } from "./as_deno_loads.ts";

/** The backend's program for one thread: a page from a disk may not share memory between threads. */
const glue = /wasm-out\/tfjs-backend-wasm\.js$/;
const threaded = /wasm-out\/tfjs-backend-wasm-threaded-simd(\.worker)?\.js$/;

/** Bundles the program of the page, with TensorFlow.js and its WebAssembly inside. */
export async function bundleProgram(): Promise<string> {
  const esbuild = await import("esbuild");
  const plugin: import("esbuild").Plugin = {
    name: "wasm in the page",
    setup(build): void {
      build.onLoad({ filter: threaded }, () => ({
        contents: "export default undefined; export const wasmWorkerContents = undefined;",
      }));
      build.onResolve(
        { filter: glue },
        ({ importer, resolveDir, path }) =>
          importer.endsWith("backend_wasm.js")
            ? { path, namespace: "wasm", pluginData: resolveDir }
            : undefined,
      );
      build.onLoad({ filter: glue, namespace: "wasm" }, ({ path, pluginData: resolveDir }) => ({
        contents: `import start from ${JSON.stringify(path)};
import wasmBinary from ${JSON.stringify(path.replace(/\.js$/, "-simd.wasm"))};
export default (options) => start({ ...options, wasmBinary });`,
        resolveDir,
      }));
    },
  };
  try {
    const { outputFiles } = await esbuild.build({
      entryPoints: [new URL("browser/main.ts", import.meta.url).href],
      bundle: true,
      write: false,
      minify: true,
      format: "iife",
      platform: "browser",
      target: "es2022",
      // The packages' licenses stay with them.
      legalComments: "eof",
      charset: "utf8",
      loader: { ".wasm": "binary" },
      plugins: [plugin, asDenoLoads],
      logLevel: "silent",
    });
    // In a page, this would begin a comment; a program has it only in texts and patterns.
    return outputFiles[0]!.text.replaceAll("<!--", "\\x3c!--");
  } finally {
    await esbuild.stop();
  }
}
