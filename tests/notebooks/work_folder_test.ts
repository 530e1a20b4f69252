import { join } from "@std/path";
import assert from "node:assert/strict";
import { copyNotebooks } from "../../lib/jupyter/lab/work_folder.ts";
import { inFolder } from "../in_folder.ts";

Deno.test("notebooks are opened as copies; a copy stays as the user left it, and a newer version is told", () =>
  inFolder(async (project) => {
    const write = (path: string, text: string): Promise<void> =>
      Deno.writeTextFile(join(project, path), text);
    const read = (path: string): Promise<string> => Deno.readTextFile(join(project, path));
    await Deno.mkdir(join(project, "notebooks"));
    await write("notebooks/01_one.ipynb", "one");
    await write("notebooks/02_two.ipynb", "two");
    await write("notebooks/02_two.ts", "a script");
    assert.deepEqual(await copyNotebooks(project), []);
    assert.equal(await read("work/01_one.ipynb"), "one");
    await assert.rejects(read("work/02_two.ts"), Deno.errors.NotFound);

    await write("work/01_one.ipynb", "one, with an exercise");
    assert.deepEqual(await copyNotebooks(project), []);
    await write("notebooks/01_one.ipynb", "one, better");
    assert.deepEqual(await copyNotebooks(project), ["01_one.ipynb"]);
    assert.equal(await read("work/01_one.ipynb"), "one, with an exercise");

    await Deno.remove(join(project, "work/01_one.ipynb"));
    assert.deepEqual(await copyNotebooks(project), []);
    assert.equal(await read("work/01_one.ipynb"), "one, better");
  }));
