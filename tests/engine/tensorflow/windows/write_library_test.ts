import { join } from "@std/path";
import assert from "node:assert/strict";
import {
  type Export,
  writeLibrary,
} from "../../../../lib/engine/tensorflow/windows/write_library.ts";
import { inFolder } from "../../../in_folder.ts";
import { outputOf } from "../../../output_of.ts";
import { exportsOf } from "./exports_of.ts";

const names: readonly (readonly [string, Export])[] = [
  ["b", "function"],
  ["_a", "variable"],
  ["C", { forwardTo: "advapi32.SystemFunction036" }],
];

/** What `objdump` says of a library; `undefined` where there is none that reads Windows libraries. */
async function objdump(bytes: Uint8Array, ...flags: string[]): Promise<string | undefined> {
  let text: string | undefined;
  await inFolder(async (folder) => {
    const path = join(folder, "library.dll");
    await Deno.writeFile(path, bytes);
    const command = new Deno.Command("objdump", { args: [...flags, path], env: { LC_ALL: "C" } });
    const output = await outputOf(command);
    if (output?.success) text = new TextDecoder().decode(output.stdout);
  });
  return text;
}

const hasObjdump = await objdump(writeLibrary("x.dll", new Map()), "-f") !== undefined;

Deno.test("writeLibrary() exports functions, variables and other libraries' functions", () => {
  assert.deepEqual(exportsOf(writeLibrary("x.dll", new Map(names))), {
    b: ".text",
    _a: ".data",
    C: "advapi32.SystemFunction036",
  });
});

Deno.test({
  name: "writeLibrary() writes what binutils read as a library for Windows on x86-64" +
    (hasObjdump ? "" : " (skipped: no objdump that reads them)"),
  ignore: !hasObjdump,
  fn: async () => {
    const bytes = writeLibrary("x.dll", new Map(names));
    const text = await objdump(bytes, "-p", "-h", "-f", "-d") ?? "";
    const facts = [
      /file format pei-x86-64/,
      /^\tDLL$/m,
      /^SizeOfImage\s+0*4000$/m,
      /^SizeOfHeaders\s+0*200$/m,
      /^AddressOfEntryPoint\s+0*1003$/m,
      /^\s+DYNAMIC_BASE\n\s+NX_COMPAT$/m,
      // Size, address, address, position.
      /\.text +00000200 +0000000180001000 +\w+ +00000200/,
      /\.data +00001000 +0000000180002000/,
      /\.edata +0000006e +0000000180003000 +\w+ +00000400/,
      /^Name\s+\w+ x\.dll$/m,
      /\[ +0\] \+base\[ +1\] +\w+ Forwarder RVA -- advapi32\.SystemFunction036/,
      /\[ +1\] \+base\[ +2\] +2000 Export RVA/,
      /\[ +2\] \+base\[ +3\] +1000 Export RVA/,
      // The loader searches names by halving: in the order of their bytes.
      /\n\t\[ +0\] C\n\t\[ +1\] _a\n\t\[ +2\] b\n/,
      // One function returns 0; the loader calls the other.
      /180001000:\s+31 c0\s+xor +%eax,%eax\n\s+180001002:\s+c3\s+ret/,
      /180001003:\s+b8 01 00 00 00\s+mov +\$0x1,%eax\n\s+180001008:\s+c3\s+ret/,
    ];
    for (const fact of facts) assert.match(text, fact);
  },
});
