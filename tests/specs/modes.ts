import type { EngineName } from "../../lib/engine/engine.ts";
import type { Exclusion } from "./exclusions.ts";
import { compiledExclusions } from "./exclusions/compiled.ts";
import { tensorflowExclusions } from "./exclusions/tensorflow.ts";
import { tfjsNodeExclusions } from "./exclusions/tfjs_node.ts";
import { wasmExclusions } from "./exclusions/wasm.ts";
import { nodeExclusions } from "./node_exclusions.ts";

/** A way of running the specs. */
export interface Mode {
  readonly engine: EngineName;
  /** What need not pass. */
  readonly exclusions: readonly Exclusion[];
  /** Parts of the full names of the specs that may be excused. Default: all. */
  readonly excusable?: () => Promise<readonly string[]>;
  /** Whether each kernel runs as a compiled function. */
  readonly compiles?: true;
  /** Whose specs run. Default: those of tfjs-core. */
  readonly specs?: "tfjs-node";
}

export const modes = {
  tensorflow: { engine: "tensorflow", exclusions: tensorflowExclusions, excusable: nodeExclusions },
  compiled: { engine: "tensorflow", exclusions: compiledExclusions, compiles: true },
  "tfjs-node": { engine: "tensorflow", exclusions: tfjsNodeExclusions, specs: "tfjs-node" },
  wasm: { engine: "wasm", exclusions: wasmExclusions },
} satisfies Record<string, Mode>;
