import { join } from "@std/path";
import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { foreignProject } from "./project.ts";
import { circle, requireCircle, requireEveryEntry, requireTypes, root } from "./programs.ts";

/** No registry answers there: all that these projects use comes from the clone. */
const nowhere = "http://127.0.0.1:9/";
const specifier = "jsr:@vggnet/vgg@^0.2.0";

Deno.test("a project that links the clone has every entry, and their types are right", async () => {
  const imports = { "vgg": specifier, "vgg/": specifier.replace("jsr:", "jsr:/") + "/" };
  const config = { links: [root], imports };
  await using project = await foreignProject(nowhere, { "deno.json": config });
  await requireEveryEntry(project);
  await requireTypes(project);
});

Deno.test("a linked clone's command line runs in the project, and names itself by its path", async () => {
  await using project = await foreignProject(nowhere, { "deno.json": { links: [root] } });
  const program = join(root, "lib", "cli.ts");
  for (const words of [["jsr:@vggnet/vgg/cli"], [program]]) {
    const { out, err } = await project.deno(["run", "-A", "--quiet", ...words, "--help"]);
    assert.ok(out.startsWith(`Usage: deno run -A ${program} [options]`), `${out}${err}`);
  }
});

Deno.test("a workspace that has the clone as a member has every entry, and their types are right", async () => {
  await using project = await foreignProject(nowhere, {
    "deno.json": { workspace: ["./vggnet"] },
    "vggnet/deno.json": await Deno.readTextFile(join(root, "deno.json")),
  });
  await cp(join(root, "lib"), join(project.folder, "vggnet", "lib"), { recursive: true });
  await requireEveryEntry(project, "@vggnet/vgg");
  await requireTypes(project);
});

Deno.test("a program without a configuration of its own has every entry by the clone's", async () => {
  await using project = await foreignProject(nowhere, {});
  await requireEveryEntry(project, "vgg", ["--config", join(root, "deno.json")]);
});

Deno.test("the example of a project of its own runs outside of the clone, with its path alone changed", async () => {
  const example = join(root, "docs", "examples", "own-project");
  const config = await Deno.readTextFile(join(example, "deno.json"));
  assert.match(config, /^ {2}"links": \["(\.\.\/){2}\.\."\],$/m);
  await using project = await foreignProject(nowhere, {
    "deno.json": config.replace("../../..", root.replaceAll("\\", "/")),
    "circle.ts": circle,
  });
  await requireTypes(project, "circle.ts");
  requireCircle(await project.deno(["run", "-A", "--quiet", "circle.ts"]));
});
