import { join } from "@std/path";
import { requireClone } from "../../project_folder.ts";

/** The proxy between Jupyter and Deno's kernel. */
export const proxyScript: string = join(
  requireClone("the notebooks"),
  "lib",
  "jupyter",
  "lab",
  "kernel_proxy.py",
);

/**
 * The kernel's specification: Deno's kernel behind the proxy that keeps outputs with their cells. It has
 * the path of the running Deno, which may not be on PATH, and which npm may move.
 *
 * @param python An interpreter that has jupyter_client.
 */
export function kernelSpec(python: string): Record<string, unknown> {
  return {
    argv: [python, proxyScript, "{connection_file}", Deno.execPath()],
    // The proxy handles interrupts, on every system.
    interrupt_mode: "message",
    display_name: "Deno",
    language: "typescript",
    env: {
      // Outputs are saved in files, which must not contain terminal colors.
      NO_COLOR: "1",
      // V8's default heap is too small for training VGG16.
      DENO_V8_FLAGS: "--max-old-space-size=6000",
      // Compiled modules would be left beside the proxy.
      PYTHONDONTWRITEBYTECODE: "1",
    },
  };
}
