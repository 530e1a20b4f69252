import { join } from "@std/path";
import assert from "node:assert/strict";
import { describeHardware, featuresIn } from "../../lib/engine/hardware.ts";
import { inFolder } from "../in_folder.ts";

type Hardware = typeof import("../../lib/engine/hardware.ts");
let loads = 0;

/** Loads the module afresh, as it queries the driver only once. */
async function load(): Promise<Hardware> {
  return await import(`../../lib/engine/hardware.ts?${loads++}`);
}

/** Runs with one folder as the whole `PATH`. */
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

Deno.test("describeHardware() describes system, CPU, cores and memory", () => {
  const { os, arch, cpu, cores, memoryBytes, features } = describeHardware();
  assert.equal(os, Deno.build.os);
  assert.equal(arch, Deno.build.arch);
  assert.ok(cpu.length > 0);
  assert.ok(cores >= 1);
  assert.ok(memoryBytes > 2 ** 28);
  const linuxNames = /^(avx\w+|fma|amx_\w+|asimd|bf16)$/;
  for (const feature of features) assert.match(feature, linuxNames);
});

Deno.test("featuresIn() takes no feature of another architecture, as an emulator shows", () => {
  const [intel, arm] = ["flags\t\t: fpu avx2 amx_bf16 fma", "Features\t: fp asimd bf16 sve"];
  assert.deepEqual(featuresIn(intel, "x86_64"), ["avx2", "fma", "amx_bf16"]);
  assert.deepEqual(featuresIn(intel, "aarch64"), []);
  assert.deepEqual(featuresIn(arm, "aarch64"), ["asimd", "bf16"]);
  assert.deepEqual(featuresIn(arm, "x86_64"), []);
});

Deno.test("describeHardware() has no gpu without a driver", async () => {
  const { describeHardware, graphicsCards } = await load();
  withPrograms("no/such/folder", () => {
    assert.equal("gpu" in describeHardware(), false);
    assert.deepEqual(graphicsCards(), []);
  });
});

/** Registers a test in which a shell script takes the place of nvidia-smi. */
function testWithDriver(name: string, fn: (folder: string) => Promise<void>): void {
  Deno.test({ name, ignore: Deno.build.os === "windows", fn: () => inFolder(fn) });
}

const twoCards = `case "$1" in
  --query-gpu=name,compute_cap) echo 'NVIDIA H100, 9.0'; echo 'NVIDIA T4, 7.5' ;;
  --query-gpu=memory.free) echo '80 MiB'; echo '24 MiB' ;;
  *) exit 2 ;;
esac`;

testWithDriver("the GPUs are those that nvidia-smi lists", async (folder) => {
  const { computeCapabilities, describeHardware, freeGraphicsMemory, graphicsCards } = await load();
  await nvidiaSmi(folder, twoCards);
  withPrograms(folder, () => {
    assert.deepEqual(graphicsCards(), ["NVIDIA H100", "NVIDIA T4"]);
    assert.deepEqual(describeHardware().gpu, ["NVIDIA H100", "NVIDIA T4"]);
    assert.deepEqual(computeCapabilities(), [9, 7.5]);
    assert.equal(freeGraphicsMemory(), 24 * 2 ** 20);
  });
});

testWithDriver("there are no GPUs if nvidia-smi fails", async (folder) => {
  const { computeCapabilities, freeGraphicsMemory, graphicsCards } = await load();
  await nvidiaSmi(folder, "echo 'NVIDIA-SMI has failed, 9.0'; exit 9");
  withPrograms(folder, () => {
    assert.deepEqual(graphicsCards(), []);
    assert.deepEqual(computeCapabilities(), []);
    assert.equal(freeGraphicsMemory(), undefined);
  });
});

testWithDriver(
  "nvidia-smi runs once for names and capabilities, and each time for memory",
  async (folder) => {
    const { computeCapabilities, describeHardware, freeGraphicsMemory, graphicsCards } =
      await load();
    const calls = join(folder, "calls");
    await nvidiaSmi(folder, `echo "$1" >>'${calls}'\n${twoCards}`);
    withPrograms(folder, () => {
      for (let start = 0; start < 2; start++) {
        graphicsCards();
        computeCapabilities();
        describeHardware();
        freeGraphicsMemory();
      }
    });
    const lines = (await Deno.readTextFile(calls)).trim().split("\n");
    assert.deepEqual(lines, [
      "--query-gpu=name,compute_cap",
      "--query-gpu=memory.free",
      "--query-gpu=memory.free",
    ]);
  },
);
