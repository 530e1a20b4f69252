import { validateWorkflow } from "@action-validator/core";
import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };

const root = new URL("../../", import.meta.url);
const workflow = await Deno.readTextFile(new URL(".github/workflows/ci.yml", root));

Deno.test("the CI workflow follows GitHub's schema", () => {
  assert.deepEqual(validateWorkflow(workflow).errors, []);
});

Deno.test("the schema refuses a misspelled key", () => {
  const { errors } = validateWorkflow(workflow.replace("runs-on:", "runs_on:"));
  assert.match(JSON.stringify(errors), /Additional property 'runs_on' is not allowed/);
});

Deno.test("the CI workflow calls .ci/run and tasks of this project", async () => {
  await Deno.stat(new URL(".ci/run", root));
  assert.match(workflow, /run: bash \.ci\/run$/m);
  const tasks = [...workflow.matchAll(/deno task ([\w:-]+)/g)].map(([, task]) => task!);
  assert.deepEqual(tasks.filter((task) => !Object.hasOwn(config.tasks, task)), []);
});
