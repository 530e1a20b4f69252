import assert from "node:assert/strict";
import { askToEnd } from "../../lib/jupyter/lab/start_lab.ts";

Deno.test("askToEnd() asks the server with its token, and waits until it has ended", async () => {
  const asked: string[] = [];
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    ({ method, url }) => {
      asked.push(`${method} ${new URL(url).pathname}${new URL(url).search}`);
      setTimeout(end, 10);
      return new Response();
    },
  );
  const base = `http://127.0.0.1:${server.addr.port}`;
  assert.equal(await askToEnd(base, "secret", ended), true);
  assert.deepEqual(asked, ["POST /api/shutdown?token=secret"]);
});

Deno.test("askToEnd() tells that a server refuses, or is not there", async () => {
  const never = new Promise<void>(() => {});
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(null, { status: 403 }),
  );
  const base = `http://127.0.0.1:${server.addr.port}`;
  assert.equal(await askToEnd(base, "wrong", never), false);
  await server.shutdown();
  assert.equal(await askToEnd(base, "wrong", never), false);
});
