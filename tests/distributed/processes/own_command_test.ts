import assert from "node:assert/strict";
import { ownCommand } from "../../../lib/distributed/processes/own_command.ts";
import { withoutLinkerVariables } from "../../../lib/linker_variables.ts";

Deno.test("ownCommand() hands the linker's variables on, which Deno would refuse to", () => {
  const name = "LD_VGG_TEST";
  Deno.env.set(name, "/a b");
  try {
    assert.ok(!(name in withoutLinkerVariables()));
    assert.equal(withoutLinkerVariables()["PATH"], Deno.env.get("PATH"));
    const words = ownCommand(["train", "--seed", "7"]);
    assert.equal(words[0], "env");
    assert.ok(words.indexOf(`${name}=/a b`) < words.indexOf(Deno.execPath()));
    assert.ok(words.includes(`${name}=/a b`) && words.includes("--allow-ffi"));
    assert.deepEqual(words.slice(-3), ["train", "--seed", "7"]);
  } finally {
    Deno.env.delete(name);
  }
});
