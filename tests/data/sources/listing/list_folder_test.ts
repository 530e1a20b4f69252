import assert from "node:assert/strict";
import { listFolder } from "../../../../lib/data/sources/listing/list_folder.ts";
import { withFolder } from "../../support.ts";

Deno.test("listFolder() lets the event loop turn while many folders are listed", () =>
  withFolder(Object.fromEntries(Array.from("abcdefgh", (name) => [name, ""])), async (folder) => {
    await listFolder(folder); // The first may wait in any case.
    let turned = false;
    const timer = setTimeout(() => turned = true, 0);
    for (let time = 0; time < 20_000 && !turned; time++) await listFolder(folder);
    clearTimeout(timer);
    assert.ok(turned);
  }));
