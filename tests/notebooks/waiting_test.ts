import { dirname, join } from "@std/path";
import assert from "node:assert/strict";
import { z } from "zod";
import {
  goodPip,
  pythonWith,
  testOnMachine,
} from "../engine/tensorflow/library/library_machine.ts";
import { notebooksFolder, notebookTools } from "./environment.ts";
import { runScript } from "./execute.ts";

const replies = z.array(z.object({ status: z.string(), texts: z.array(z.string()) }));

testOnMachine(
  "a first cell that starts the engine shows the download of TensorFlow",
  async (machine) => {
    const info = join(machine.packages, "pip-24.1.dist-info");
    await Deno.mkdir(info);
    await Deno.writeTextFile(join(info, "METADATA"), "Name: pip\nVersion: 24.1\n");
    const lines = [50, 100, 200].map((share) => `echo 'Progress ${share}000000 of 200000000'`);
    await machine.program("python3", pythonWith(`${lines.join("; sleep 1.5; ")}; ${goodPip}`));
    const folder = dirname(machine.programs);
    const env = {
      MACHINE: folder,
      XDG_CACHE_HOME: join(folder, "cache"),
      HOME: join(folder, "home"),
      PATH: `${machine.programs}:${Deno.env.get("PATH")}`,
      VGG_TENSORFLOW: "",
      VGG_NO_NATIVE: "",
    };
    const cells = [
      {
        source: 'import { useEngine } from "vgg"; ' +
          `for (const [name, value] of Object.entries(${JSON.stringify(env)})) ` +
          "Deno.env.set(name, value);",
      },
      // The simulated index has another wheel than the published one, so another engine starts in the end.
      { source: "await useEngine(); undefined" },
    ];
    const jupyter = await notebookTools();
    const printed = await runScript(
      jupyter,
      "interrupt.py",
      notebooksFolder,
      JSON.stringify(cells),
    );
    const [, start] = replies.parse(JSON.parse(printed));
    assert.equal(start?.status, "ok");
    const bars = start.texts.map((text) => text.replace(/, \d+ s left$/, ", N s left"));
    assert.deepEqual(bars.filter((text) => text.includes("TensorFlow 2.21.0: ")), [
      "Downloading TensorFlow 2.21.0: 25.0 %, 50 of 200 MB",
      "Downloading TensorFlow 2.21.0: 50.0 %, 100 of 200 MB, N s left",
      "Downloading TensorFlow 2.21.0: 100.0 %, 200 of 200 MB",
    ]);
  },
);
