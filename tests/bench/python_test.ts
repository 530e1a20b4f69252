import assert from "node:assert/strict";
import { join } from "@std/path";
import { inFolder } from "../in_folder.ts";
import { benchPython } from "./python.ts";
import { peerNames } from "./frameworks.ts";

/** Makes a program that stands for a Python which lacks some modules, and names it as the peers'. */
async function withPython(lacked: readonly string[], use: () => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const python = join(folder, "python");
    const cases = lacked.map((name) => `      ${name}) printf '%s ' ${name} ;;`).join("\n");
    const text =
      `#!/bin/sh\nshift 2\nfor name in "$@"; do\n  case $name in\n${cases}\n  esac\ndone\n`;
    await Deno.writeTextFile(python, text, { mode: 0o755 });
    const before = Deno.env.get("VGG_PEERS_PYTHON");
    Deno.env.set("VGG_PEERS_PYTHON", python);
    try {
      await use();
    } finally {
      if (before === undefined) Deno.env.delete("VGG_PEERS_PYTHON");
      else Deno.env.set("VGG_PEERS_PYTHON", before);
    }
  });
}

const isWindows = Deno.build.os === "windows";

Deno.test({
  name: "benchPython() leaves out a peer that is missing, with one line",
  ignore: isWindows,
  fn: () =>
    withPython(["openvino", "onnx"], async () => {
      const said: string[] = [];
      const { names } = await benchPython(peerNames, (line) => said.push(line));
      assert.deepEqual(names, ["keras", "pytorch"]);
      assert.deepEqual(said.map((line) => line.replace(/as \S+ lacks/, "as it lacks")), [
        "left out: onnxruntime, as it lacks onnx",
        "left out: openvino, as it lacks onnx, openvino",
      ]);
    }),
});

Deno.test({
  name: "benchPython() refuses a Python that has none of the peers",
  ignore: isWindows,
  fn: () =>
    withPython(["torch"], async () => {
      await assert.rejects(benchPython(["pytorch"], () => {}), {
        message: /^--peers needs a Python that has one of pytorch\. Received: .*python$/,
      });
    }),
});
