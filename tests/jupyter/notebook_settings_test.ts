import { join } from "@std/path";
import assert from "node:assert/strict";
import { notebookSettings } from "../../lib/jupyter/notebook_settings.ts";
import { inFolder } from "../in_folder.ts";

const variable = "VGG_NOTEBOOK_SHORT";

/** Runs a test in a folder that is not the project's, and without the variable. */
function inOtherFolder(work: (folder: string) => void): Promise<void> {
  return inFolder((folder) => {
    const before = { folder: Deno.cwd(), short: Deno.env.get(variable) };
    Deno.env.delete(variable);
    Deno.chdir(folder);
    try {
      work(Deno.cwd());
    } finally {
      Deno.chdir(before.folder);
      if (before.short === undefined) Deno.env.delete(variable);
      else Deno.env.set(variable, before.short);
    }
    return Promise.resolve();
  });
}

Deno.test("notebookSettings() names the project folder and does not change the working directory", () =>
  inOtherFolder((folder) => {
    const settings = notebookSettings();
    assert.equal(Deno.cwd(), folder);
    assert.ok(Deno.statSync(join(settings.folder, "deno.json")).isFile);
    assert.equal(settings.data, "drawn10");
  }));

Deno.test("notebookSettings() suits the data, and keeps what it is given", () =>
  inOtherFolder(() => {
    const settings = notebookSettings({ data: "cifar10", network: { configuration: "B" } });
    assert.deepEqual(settings.network, { width: 0.5, configuration: "B" });
    assert.equal(settings.short, false);
    assert.equal(settings.changes?.epochs, undefined);
  }));

Deno.test("notebookSettings() is small in tests, in the folder that they name", () =>
  inOtherFolder((folder) => {
    Deno.env.set(variable, "elsewhere");
    const settings = notebookSettings({ data: "drawn10", changes: { epochs: 40 } });
    assert.equal(Deno.cwd(), folder);
    assert.equal(settings.folder, "elsewhere");
    assert.equal(settings.changes?.epochs, 2);
    assert.equal(settings.network?.width, 0.125);
    assert.equal(settings.short, true);
  }));
