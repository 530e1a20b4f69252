import assert from "node:assert/strict";
import { parse } from "yaml";
import config from "../../deno.json" with { type: "json" };
import container from "../../.devcontainer/devcontainer.json" with { type: "json" };
import { vgg } from "../cli/support.ts";

const root = new URL("../../", import.meta.url);
const postBuild = await Deno.readTextFile(new URL(".binder/postBuild", root));

/** The tasks that a text calls, with their flags. */
function callsIn(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/deno task ([\w: -]+)/g)].map(([, words = ""]) =>
    words.trim().split(" ")
  );
}

Deno.test("the dev container and Binder make the same calls, of tasks and flags that exist", async () => {
  const calls = callsIn(postBuild);
  assert.ok(calls.length > 0);
  assert.deepEqual(callsIn(container.postCreateCommand), calls);
  for (const [task = "", ...flags] of calls) {
    assert.ok(Object.hasOwn(config.tasks, task), task);
    const { out } = await vgg([task, "--help"]);
    for (const flag of flags) assert.match(out, new RegExp(`${flag}\\b`));
  }
});

Deno.test("the dev container opens files that exist, on the Python and Node that CI uses", async () => {
  for (const file of container.customizations.codespaces.openFiles) {
    await Deno.stat(new URL(file, root));
  }
  const workflow = parse(await Deno.readTextFile(new URL(".github/workflows/ci.yml", root)));
  const [node, python] = ["actions/setup-node", "actions/setup-python"].map((action) =>
    workflow.jobs.all.steps.find(({ uses = "" }: { uses?: string }) => uses.startsWith(action)).with
  );
  const { version } = container.features["ghcr.io/devcontainers/features/node:1"];
  assert.equal(version, String(node["node-version"]));
  assert.equal(container.image.split(":")[1], python["python-version"]);
});

Deno.test("Binder's environment has Python and Node, and its script stops at an error", async () => {
  const text = await Deno.readTextFile(new URL(".binder/environment.yml", root));
  const { channels, dependencies } = parse(text);
  assert.deepEqual(channels, ["conda-forge"]);
  assert.deepEqual(dependencies.map((each: string) => each.split(/[=><]/)[0]), [
    "python",
    "nodejs",
  ]);
  assert.match(postBuild, /^#!\/bin\/bash\n/);
  assert.match(postBuild, /^set -euo pipefail$/m);
  if (Deno.build.os === "windows") return;
  const { mode } = await Deno.stat(new URL(".binder/postBuild", root));
  assert.equal(mode! & 0o111, 0o111);
});
