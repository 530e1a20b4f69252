import assert from "node:assert/strict";
import { wheelForSystem } from "../../../../lib/engine/tensorflow/library/wheel_for_system.ts";
import { wheels } from "../../../../lib/engine/tensorflow/library/wheels.ts";

Deno.test("wheelForSystem() says in one line which systems have no wheel", () => {
  const systems: [os: string, arch: string, musl: boolean, name: string][] = [
    ["darwin", "x86_64", false, "macOS on x86_64"],
    ["linux", "x86_64", true, "Linux with musl, such as Alpine, on x86_64"],
    ["windows", "aarch64", false, "Windows on aarch64"],
    ["freebsd", "x86_64", false, "freebsd on x86_64"],
  ];
  for (const [os, arch, musl, name] of systems) {
    const message =
      `TensorFlow has no wheel for ${name}: set VGG_TENSORFLOW to a library of your own`;
    assert.throws(() => wheelForSystem({ os, arch, musl }), { name: "LibraryError", message });
  }
});

Deno.test("the wheels are pinned with files that lie in them, and that deflation made smaller", () => {
  for (const [system, { platform, bytes, files }] of Object.entries(wheels)) {
    const [os = "", arch = ""] = system.split("-");
    assert.equal(wheelForSystem({ os, arch, musl: false }).platform, platform);
    let end = 0;
    const inOrder = Object.values(files).sort((a, b) => a.packed.offset - b.packed.offset);
    for (const { packed, bytes: unpacked } of inOrder) {
      assert.ok(packed.offset >= end && packed.bytes < unpacked);
      end = packed.offset + packed.bytes;
    }
    assert.ok(end < bytes);
  }
});
