import { join } from "@std/path";
import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };

const root = join(import.meta.dirname!, "..", "..");
const tasks = Object.entries(config.tasks);
const names = tasks.map(([name]) => name);

/** The task of which a task is the old name. */
function newName(command: string): string | undefined {
  return /^deno task ([\w:-]+)$/.exec(command)?.[1];
}

Deno.test("tasks begin with the user's, then the developers', then their old names", () => {
  assert.deepEqual(names.slice(0, 3), ["train", "evaluate", "predict"]);
  const kinds = tasks.map(([name, { command }]) =>
    name.startsWith("dev:") ? 1 : newName(command) ? 2 : 0
  );
  assert.deepEqual(kinds, kinds.toSorted());
  for (const [name, { description }] of tasks) {
    assert.ok(description.length > 10 && description.length <= 80, name);
  }
});

Deno.test("an old name calls a task that is none, and says so", () => {
  const old = tasks.flatMap(([name, { description, command }]) => {
    const to = newName(command);
    return to ? [{ name, description, to }] : [];
  });
  assert.ok(old.length > 10);
  for (const { name, description, to } of old) {
    assert.equal(description, `Old name of ${to}`);
    const target = tasks.find(([each]) => each === to)?.[1].command;
    assert.ok(target && !newName(target), name);
  }
});

Deno.test("an old name hands on its arguments", async () => {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "bench-weights", "--help"],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  assert.equal(code, 0);
  assert.match(new TextDecoder().decode(stdout), /--document <file>/);
});

Deno.test("the documentation names tasks that exist, by their new names", async () => {
  const wrong: string[] = [];
  const pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "data/README.md"];
  for await (const { name } of Deno.readDir(join(root, "docs"))) {
    if (name.endsWith(".md")) pages.push(`docs/${name}`);
  }
  for (const page of pages) {
    const text = await Deno.readTextFile(join(root, page));
    for (const [, name = ""] of text.matchAll(/deno task ([a-z][\w:-]*)/g)) {
      const task = tasks.find(([each]) => each === name)?.[1];
      if (!task || newName(task.command)) wrong.push(`${page}: ${name}`);
    }
  }
  assert.deepEqual(wrong, []);
});
