import assert from "node:assert/strict";
import { z } from "zod";

const lock = z.object({
  npm: z.record(z.string(), z.object({ integrity: z.string().optional() })),
  jsr: z.record(z.string(), z.unknown()).default({}),
  remote: z.record(z.string(), z.unknown()).default({}),
});

Deno.test("deno.lock pins every package by its SHA-512, and nothing comes from elsewhere", async () => {
  const path = new URL("../../deno.lock", import.meta.url);
  const { npm, jsr, remote } = lock.parse(JSON.parse(await Deno.readTextFile(path)));
  assert.ok(Object.keys(npm).length > 100);
  const loose = Object.entries(npm).filter(([, { integrity }]) =>
    !/^sha512-[\w+/]{86}==$/.test(integrity ?? "")
  );
  assert.deepEqual(loose, []);
  assert.deepEqual([jsr, remote], [{}, {}]);
});

Deno.test("no package's install script runs", async () => {
  const config = JSON.parse(
    await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
  );
  assert.equal(config.allowScripts, undefined);
  assert.ok(
    Object.values<{ command: string }>(config.tasks).every(({ command }) =>
      !command.includes("allow-scripts")
    ),
  );
});
