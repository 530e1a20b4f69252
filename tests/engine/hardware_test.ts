import assert from "node:assert/strict";
import { join } from "@std/path";
import {
  computeCapabilities,
  describeHardware,
  freeGraphicsMemory,
  graphicsCards,
} from "../../lib/engine/hardware.ts";
import { inFolder } from "../in_folder.ts";

/** Runs with a folder of programs as the whole path. */
function withPrograms(folder: string, run: () => void): void {
  const before = Deno.env.get("PATH") ?? "";
  Deno.env.set("PATH", folder);
  try {
    run();
  } finally {
    Deno.env.set("PATH", before);
  }
}

async function nvidiaSmi(folder: string, script: string): Promise<void> {
  await Deno.writeTextFile(join(folder, "nvidia-smi"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

Deno.test("describeHardware() tells system, processor, cores and memory", () => {
  const { os, arch, cpu, cores, memoryBytes, features } = describeHardware();
  assert.equal(os, Deno.build.os);
  assert.equal(arch, Deno.build.arch);
  assert.ok(cpu.length > 0);
  assert.ok(cores >= 1);
  assert.ok(memoryBytes > 2 ** 28);
  const linuxNames = /^(avx\w+|fma|amx_\w+|asimd|bf16)$/;
  for (const feature of features) assert.match(feature, linuxNames);
});

Deno.test("describeHardware() has no gpu where there is no driver", () =>
  withPrograms("no/such/folder", () => {
    assert.equal("gpu" in describeHardware(), false);
    assert.deepEqual(graphicsCards(), []);
  }));

Deno.test({
  name: "graphicsCards() names what nvidia-smi lists, and nothing where that fails",
  ignore: Deno.build.os === "windows", // The program is played by a shell script.
  fn: () =>
    inFolder(async (folder) => {
      await nvidiaSmi(folder, "echo 'NVIDIA H100'; echo 'NVIDIA T4 '");
      withPrograms(folder, () => {
        assert.deepEqual(graphicsCards(), ["NVIDIA H100", "NVIDIA T4"]);
        assert.deepEqual(describeHardware().gpu, ["NVIDIA H100", "NVIDIA T4"]);
      });
      await nvidiaSmi(folder, `test "$1" = --query-gpu=compute_cap && printf '9.0\\n7.5\\n'`);
      withPrograms(folder, () => assert.deepEqual(computeCapabilities(), [9, 7.5]));
      await nvidiaSmi(folder, `test "$1" = --query-gpu=memory.free && printf '80 MiB\\n24 MiB\\n'`);
      withPrograms(folder, () => assert.equal(freeGraphicsMemory(), 24 * 2 ** 20));
      await nvidiaSmi(folder, "echo 'NVIDIA-SMI has failed'; exit 9");
      withPrograms(folder, () => {
        assert.deepEqual(graphicsCards(), []);
        assert.equal(freeGraphicsMemory(), undefined);
      });
    }),
});
