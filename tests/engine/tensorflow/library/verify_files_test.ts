import { join } from "@std/path";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { findFileFault } from "../../../../lib/engine/tensorflow/library/verify_files.ts";
import { inFolder } from "../../../in_folder.ts";

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

Deno.test("findFileFault() reads a file once, whether it is right or damaged", async () => {
  for (const content of ["right", "wrong"]) {
    await inFolder(async (folder) => {
      const path = join(folder, "library");
      const files = { library: { bytes: 5, sha256: digest("right") } };
      const fault = content === "right"
        ? undefined
        : `library has the SHA-256 ${digest("wrong")}, not ${digest("right")}`;
      await Deno.writeTextFile(path, content);
      await Deno.utime(path, 1000, 1000);
      assert.equal(await findFileFault(folder, files), fault);
      // Whoever read it again would see this.
      await Deno.writeTextFile(path, "other");
      await Deno.utime(path, 1000, 1000);
      assert.equal(await findFileFault(folder, files), fault);
      await Deno.utime(path, 1001, 1001);
      assert.match(await findFileFault(folder, files) ?? "", new RegExp(digest("other")));
    });
  }
});
