import { join } from "@std/path";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readyEnvironment } from "../../lib/python/environment.ts";
import { callPython, PythonError, runFirst } from "../../lib/python/run_python.ts";
import { inFolder } from "../in_folder.ts";
import { outputOf } from "../output_of.ts";

/** Writes a wheel of a package with a module that has one line. */
const makeWheel = `
import sys, zipfile
folder, name, line = sys.argv[1:]
info = f"{name}-1.0.dist-info"
with zipfile.ZipFile(f"{folder}/{name}-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr(f"{name}.py", line)
    wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", "")
`;

async function python(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("python3", { args }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

/** Makes a wheel, and returns its SHA-256. */
async function wheel(folder: string, name: string, line = ""): Promise<string> {
  await python("-c", makeWheel, folder, name, line);
  const bytes = await Deno.readFile(join(folder, `${name}-1.0-py3-none-any.whl`));
  return createHash("sha256").update(bytes).digest("hex");
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

/** Pins `outer`, which is asked for, and `inner`, which it needs. */
async function pin(folder: string, outer: string, inner: string): Promise<void> {
  await Deno.writeTextFile(join(folder, "requirements.in"), "outer==1.0\n");
  await Deno.writeTextFile(
    join(folder, "requirements.txt"),
    `# Pins\ninner==1.0 ; python_full_version >= '3' \\\n    --hash=sha256:${inner}\n` +
      `never==1.0 ; python_full_version < '3' \\\n    --hash=sha256:${inner}\n` +
      `outer==1.0 \\\n    --hash=sha256:${outer}\n`,
  );
}

const probe = new Deno.Command("python3", { args: ["-c", "import venv, ensurepip"] });
const hasPython = (await outputOf(probe))?.success === true;

/** Registers a test with a folder of wheels that an index serves, which pip is told to use. */
function testWithIndex(name: string, run: (folder: string) => Promise<void>): void {
  Deno.test({
    name: name + (hasPython ? "" : " (skipped: needs python3 with venv)"),
    ignore: !hasPython,
    fn: () =>
      inFolder(async (folder) => {
        await using server = serveIndex(folder);
        const before = { ...Deno.env.toObject() };
        const names = ["PIP_INDEX_URL", "PIP_CONFIG_FILE", "PIP_NO_CACHE_DIR"];
        Deno.env.set("PIP_INDEX_URL", `http://127.0.0.1:${server.addr.port}/simple`);
        Deno.env.set("PIP_CONFIG_FILE", "/dev/null");
        Deno.env.set("PIP_NO_CACHE_DIR", "1");
        try {
          await run(folder);
        } finally {
          for (const name of names) {
            if (before[name] === undefined) Deno.env.delete(name);
            else Deno.env.set(name, before[name]);
          }
        }
      }),
  });
}

testWithIndex(
  "readyEnvironment() reports downloads without a total, then the number of packages",
  async (folder) => {
    await pin(folder, await wheel(folder, "outer"), await wheel(folder, "inner"));
    const told: unknown[] = [];
    await readyEnvironment(join(folder, "venv"), {
      requirements: [folder],
      minPython: "3.8",
      onInstall: (pins) => told.push(pins),
      onPrepare: (done, total, { verb }) => told.push([verb, done, total]),
    });
    assert.deepEqual(told, [
      ["outer==1.0"],
      ["Downloading packages", 1, Infinity],
      ["Downloading packages", 2, Infinity],
      ["Installing", 0, 2],
    ]);
  },
);

testWithIndex("a package of the same version but another file is refused", async (folder) => {
  await pin(folder, await wheel(folder, "outer"), await wheel(folder, "inner"));
  const forged = await wheel(folder, "inner", "print('forged')");
  const environment = join(folder, "venv");
  const error = await readyEnvironment(environment, { requirements: [folder], minPython: "3.8" })
    .then(() => assert.fail("it was installed"), (error) => error);
  assert.ok(error instanceof PythonError);
  assert.equal(
    error.message,
    "the package index gave another file than the published inner 1.0, so that it is not installed: " +
      `check PIP_INDEX_URL and pip's configuration. Received: the SHA-256 ${forged}`,
  );
  const found = "from importlib.util import find_spec; " +
    "print([name for name in ('inner', 'outer') if find_spec(name)])";
  const { stdout } = await new Deno.Command(join(environment, "bin", "python"), {
    args: ["-c", found],
  }).output();
  assert.equal(new TextDecoder().decode(stdout).trim(), "[]");
});

testWithIndex(
  "packages that were not checked, or were changed, are installed again",
  async (folder) => {
    const genuine = await wheel(folder, "inner", "kind = 'genuine'");
    await pin(folder, await wheel(folder, "outer"), genuine);
    const environment = join(folder, "venv");
    const options = { requirements: [folder], minPython: "3.8" };
    const installs: string[] = [];
    const ready = (): Promise<string> =>
      readyEnvironment(environment, { ...options, onInstall: () => installs.push("again") });
    const interpreter = await ready();
    const kind = async (): Promise<string> => {
      const args = ["-c", "import inner; print(inner.kind)"];
      const { stdout } = await new Deno.Command(interpreter, { args }).output();
      return new TextDecoder().decode(stdout).trim();
    };
    await ready();
    assert.equal(installs.length, 1);
    // As an earlier version left it, whose packages nothing had checked.
    await Deno.remove(join(environment, "requirements.json"));
    const file = `import inner; open(inner.__file__, "w").write("kind = 'forged'")`;
    await new Deno.Command(interpreter, { args: ["-c", file] }).output();
    assert.equal(await kind(), "forged");
    await ready();
    assert.equal(installs.length, 2);
    assert.equal(await kind(), "genuine");
    await new Deno.Command(interpreter, { args: ["-m", "pip", "uninstall", "-y", "outer"] })
      .output();
    await ready();
    assert.equal(installs.length, 3);
    assert.equal(await kind(), "genuine");
  },
);

testWithIndex("an older Python is named with what is needed", async (folder) => {
  await pin(folder, await wheel(folder, "outer"), await wheel(folder, "inner"));
  const own = (await python("-c", "import sys; print(*sys.version_info[:2], sep='.')")).trim();
  await assert.rejects(
    readyEnvironment(join(folder, "venv"), { requirements: [folder], minPython: "3.99" }),
    { name: "PythonError", message: `python3 must be Python 3.99 or newer. Received: ${own}` },
  );
});

Deno.test({
  name: "callPython() reads every letter, whatever the encoding of the user's language is",
  ignore: !hasPython,
  fn: async () => {
    const name = "PYTHONIOENCODING";
    const before = Deno.env.get(name);
    Deno.env.set(name, "latin-1");
    try {
      assert.equal(
        await callPython("python3", ["-c", "print('C:/Users/Größe')"]),
        "C:/Users/Größe",
      );
    } finally {
      if (before === undefined) Deno.env.delete(name);
      else Deno.env.set(name, before);
    }
  },
});

Deno.test("runFirst() runs the first program that is there, and no stub", async () => {
  const stub = ["eval", "console.log('stub'); Deno.exit(49)"];
  const run = (commands: readonly string[], stubStatus?: number): Promise<{ out: string }> =>
    runFirst(commands, stub, {}, stubStatus);
  const deno = Deno.execPath();
  assert.equal((await run(["no-such-program", deno])).out, "stub");
  await assert.rejects(
    run([deno], 49),
    new PythonError("Python 3 with venv must be installed. Received: a link to a shop"),
  );
  await assert.rejects(run(["no-such-program"]), PythonError);
  const code = "Deno.exit(Deno.args[0] === 'real' ? 0 : 49)";
  const real = await runFirst([deno, deno], ["eval", code, "real"], {}, 49);
  assert.equal(real.success, true);
});
