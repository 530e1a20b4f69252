import { join } from "@std/path";
import assert from "node:assert/strict";
import { pythonStandIn } from "../../../../lib/engine/tensorflow/windows/python_stand_in.ts";
import { readImports } from "../../../../lib/engine/tensorflow/windows/read_imports.ts";
import { inFolder } from "../../../in_folder.ts";
import { exportsOf } from "./exports_of.ts";

/** Linked by GNU ld for Windows; `objdump -p` shows its import table as it is expected here. */
const golden = join(import.meta.dirname!, "golden", "imports.dll");

Deno.test("readImports() reads the libraries and names that a linker wrote, but no numbers", () => {
  assert.deepEqual(readImports(golden), [
    { library: "WS2_32.dll", names: ["closesocket"] }, // And number 19.
    { library: "python313.dll", names: ["PyErr_Print", "PyLong_Type", "_Py_NoneStruct"] },
  ]);
});

Deno.test("pythonStandIn() has a function or a variable for each of Python's names", () => {
  const standIn = pythonStandIn(golden);
  assert.equal(standIn?.name, "python313.dll");
  const { PyErr_Print: print, ...variables } = exportsOf(standIn.bytes);
  assert.equal(print, ".text");
  assert.deepEqual(variables, { PyLong_Type: ".data", _Py_NoneStruct: ".data" });
});

Deno.test("pythonStandIn() makes nothing for a library that takes nothing from Python", () =>
  inFolder(async (folder) => {
    const path = join(folder, "python313.dll");
    await Deno.writeFile(path, pythonStandIn(golden)!.bytes);
    assert.equal(pythonStandIn(path), undefined);
  }));

Deno.test("readImports() refuses what is no 64-bit library, or is damaged", () =>
  inFolder(async (folder) => {
    const bytes = await Deno.readFile(golden);
    const header = new DataView(bytes.buffer).getUint32(0x3c, true);
    const refusal = async (change: (bytes: Uint8Array) => Uint8Array): Promise<string> => {
      const path = join(folder, "damaged.dll");
      await Deno.writeFile(path, change(bytes.slice()));
      try {
        readImports(path);
      } catch (error) {
        return (error as Error).message.replaceAll(path, "PATH");
      }
      return "none";
    };
    const set = (position: number, value: number) => (changed: Uint8Array): Uint8Array => {
      changed[position] = value;
      return changed;
    };
    assert.equal(await refusal(set(0, 0x7f)), "PATH is not a Windows library");
    assert.equal(await refusal(set(header, 0)), "PATH is not a 64-bit Windows library");
    assert.equal(await refusal(set(header + 24, 0x0b)), "none"); // The same.
    assert.equal(await refusal(set(header + 25, 0x01)), "PATH is not a 64-bit Windows library"); // PE32
    assert.match(await refusal(set(header + 24 + 123, 0x70)), /^address \d+ is in no section/);
    for (const length of [0, 32, header + 30, 0x300]) {
      assert.match(await refusal((all) => all.subarray(0, length)), /not a .*library|ends early/);
    }
    const none = (all: Uint8Array): Uint8Array => all.fill(0, header + 24 + 120, header + 24 + 128);
    assert.equal(await refusal(none), "none");
  }));
