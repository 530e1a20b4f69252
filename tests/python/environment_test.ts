import { join } from "@std/path";
import assert from "node:assert/strict";
import { readyEnvironment } from "../../lib/python/environment.ts";
import { inFolder } from "../in_folder.ts";

/** Writes a wheel of an empty package that needs others. */
const makeWheel = `
import sys, zipfile
folder, name, *needs = sys.argv[1:]
info = f"{name}-1.0.dist-info"
with zipfile.ZipFile(f"{folder}/{name}-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr(f"{name}.py", "")
    needed = "".join(f"Requires-Dist: {each}\\n" for each in needs)
    wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n{needed}")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", "")
`;

async function python(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("python3", { args }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

/** Serves a folder of wheels as a package index. */
function serveIndex(folder: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const [, kind, name] = new URL(request.url).pathname.split("/");
    if (kind === "file") return new Response(await Deno.readFile(join(folder, name!)));
    const link = `<a href="/file/${name}-1.0-py3-none-any.whl">${name}-1.0-py3-none-any.whl</a>`;
    return new Response(link, { headers: { "content-type": "text/html" } });
  });
}

const hasPython = await new Deno.Command("python3", { args: ["-c", "import venv, ensurepip"] })
  .output().then(({ success }) => success, () => false);

Deno.test({
  name: "readyEnvironment() reports downloads without a total, then the number of packages" +
    (hasPython ? "" : " (skipped: needs python3 with venv)"),
  ignore: !hasPython,
  fn: () =>
    inFolder(async (folder) => {
      await python("-c", makeWheel, folder, "outer", "inner");
      await python("-c", makeWheel, folder, "inner");
      await using server = serveIndex(folder);
      const before = { ...Deno.env.toObject() };
      Deno.env.set("PIP_INDEX_URL", `http://127.0.0.1:${server.addr.port}/simple`);
      Deno.env.set("PIP_CONFIG_FILE", "/dev/null");
      const told: unknown[] = [];
      try {
        await readyEnvironment(join(folder, "venv"), {
          packages: { outer: "1.0" },
          onPrepare: (done, total, { verb }) => told.push([verb, done, total]),
        });
      } finally {
        for (const name of ["PIP_INDEX_URL", "PIP_CONFIG_FILE"]) {
          if (before[name] === undefined) Deno.env.delete(name);
          else Deno.env.set(name, before[name]);
        }
      }
      assert.deepEqual(told, [
        ["Downloading packages", 1, Infinity],
        ["Downloading packages", 2, Infinity],
        ["Installing", 0, 2],
      ]);
    }),
});
