import assert from "node:assert/strict";
import { peersPython } from "./environment.ts";

Deno.test("peersPython() refuses a named Python that is not there", async () => {
  const name = "VGG_PEERS_PYTHON";
  const before = Deno.env.get(name);
  Deno.env.set(name, "no/such/python");
  try {
    await assert.rejects(peersPython(["keras"]), {
      message: "VGG_PEERS_PYTHON must name a Python 3 that has tensorflow, keras. " +
        "Received: no/such/python",
    });
  } finally {
    if (before === undefined) Deno.env.delete(name);
    else Deno.env.set(name, before);
  }
});
