import assert from "node:assert/strict";
import { vgg } from "./support.ts";

Deno.test("notebooks refuses a port that there is not, or that is taken, in one line", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  for (
    const [given, line] of [
      ["70000", "error: --port must be a whole number from 1 to 65535. Received: 70000\n"],
      ["none", "error: --port must be a whole number from 1. Received: none\n"],
      [`${port}`, `error: --port must be a free port. Received: ${port}\n`],
    ] as const
  ) {
    const { code, out, err } = await vgg(["notebooks", "--no-install", "--port", given]);
    assert.deepEqual({ code, out, err }, { code: 2, out: "", err: line });
  }
});
