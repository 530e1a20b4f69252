/**
 * Loaded before a program that is measured: starts the engine that `VGG_PROGRAM_ENGINE` names, `eager`
 * being TensorFlow without compiled models, and makes it stand in for tfjs-node.
 *
 * @module
 */

import { useEngine } from "../../lib/engine/use_engine.ts";
import type { EngineOptions } from "../../lib/engine/engine.ts";
import { answerDownloads } from "./answer_downloads.ts";
import { observe } from "./observe.ts";

const engines: Readonly<Record<string, EngineOptions>> = {
  compiled: { engine: "tensorflow" },
  eager: { engine: "tensorflow", compileModels: false },
  wasm: { engine: "wasm" },
  cpu: { engine: "cpu" },
};

const name = Deno.env.get("VGG_PROGRAM_ENGINE") ?? "compiled";
await useEngine(engines[name]!);
const { default: tf } = await import("../../lib/engine/tfjs_node.ts");
answerDownloads();
observe(tf);
