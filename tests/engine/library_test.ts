import assert from "node:assert/strict";
import { join } from "@std/path";
import type { Library } from "../../lib/engine/tensorflow/library.ts";
import { wheel } from "../../lib/engine/tensorflow/wheel.ts";
import { libraryName } from "../../lib/engine/tensorflow/library_files.ts";
import {
  frameworkName,
  goodPip,
  type Machine,
  type Outcome,
  outcomeOf,
  putWheel,
  pythonWith,
  testOnMachine,
} from "./library_machine.ts";

const folderName = `${wheel.version}-${Deno.build.arch}`;
const pinned = `${wheel.package}==${wheel.version}`;

/** What lies beside the fetched library, and in its folder. */
async function kept({ cache }: Machine): Promise<string[]> {
  const paths = [];
  for await (const { name, isDirectory } of Deno.readDir(join(cache, "tensorflow"))) {
    if (!isDirectory) continue;
    for await (const file of Deno.readDir(join(cache, "tensorflow", name))) {
      paths.push(`${name}/${file.name}`);
    }
  }
  return paths.sort();
}

const whole = [`${folderName}/${libraryName}`, `${folderName}/${frameworkName}`];

/** Puts files that pass for TensorFlow's library into a folder. */
async function putLibrary(folder: string, names = [libraryName, frameworkName]): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const name of names) await Deno.writeTextFile(join(folder, name), "");
}

/** The library that came of it; where none did, the test ends with the reason. */
function libraryOf({ library, message }: Outcome): Library {
  assert.ok(library, message ?? "there is no library");
  return library;
}

/** Installs a TensorFlow into the machine's Python. */
async function putPackage(
  { packages }: Machine,
  version: string,
  name = "tensorflow_cpu",
): Promise<string> {
  const directory = join(packages, "tensorflow");
  await putLibrary(directory);
  await Deno.writeTextFile(join(directory, "__init__.py"), "raise SystemExit('imported')");
  const facts = join(packages, `${name}-${version}.dist-info`);
  await Deno.mkdir(facts);
  await Deno.writeTextFile(
    join(facts, "METADATA"),
    `Metadata-Version: 2.1\nName: ${name.replace("_", "-")}\nVersion: ${version}\n`,
  );
  return directory;
}

/** Waits until the machine's programs have left this mark. */
async function waitFor(path: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await Deno.stat(path).then(() => true, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${path} did not come`);
}

testOnMachine(
  "readyLibrary() fetches once, says so first, and keeps two files",
  async (machine) => {
    const first = await machine.run();
    const directory = join(machine.cache, "tensorflow", folderName);
    const path = join(directory, libraryName);
    const library = { path, directory, source: "cache", version: wheel.version };
    assert.deepEqual(libraryOf(first), library);
    assert.deepEqual(await kept(machine), whole);
    assert.equal(await Deno.readTextFile(path), `content of tensorflow/${libraryName}`);
    assert.match(first.said, /^Fetching tensorflow\S* 2\S+ with pip.* 275 MB .* 855 MB kept in /);
    assert.match(first.said, /To refuse: --no-native or VGG_NO_NATIVE=1\.\n$/);
    const second = await machine.run();
    assert.deepEqual(second, { library, said: "" });
    const [call, ...more] = await machine.pipCalls();
    assert.deepEqual(more, []);
    assert.match(call ?? "", /pip download --no-deps --only-binary=:all: .*--platform \S+_\S+ /);
    assert.equal(call?.split(" ").at(-1), pinned);
  },
);

testOnMachine("readyLibrary() takes pip's last error and says what to do", async (machine) => {
  const lines =
    "echo 'WARNING: Retrying (Retry(total=0))'; echo 'ERROR: first'; echo 'ERROR: last'";
  await machine.program("python3", pythonWith(`{ ${lines}; } >&2; exit 1`));
  const { error, message } = await machine.run();
  assert.equal(error, "LibraryError");
  assert.equal(
    message,
    "fetching TensorFlow failed (ERROR: last); the package index cannot be reached: try again " +
      "with a connection, or name TensorFlow's library in VGG_TENSORFLOW",
  );
  assert.deepEqual(await kept(machine), []);
});

testOnMachine(
  "readyLibrary() says what is missing: pip, Python, room, the library",
  async (machine) => {
    const failures: [string, RegExp][] = [
      [
        "echo '/usr/bin/python3: No module named pip' >&2; exit 1",
        /python3 has no pip: install it/,
      ],
      ["echo 'ERROR: [Errno 28] No space left on device' >&2; exit 1", /the disk is full: free/],
      ["exit 0", /pip ended well but left no wheel/],
      ["exit 1", /python3 said nothing/],
    ];
    for (const [pip, expected] of failures) {
      await machine.program("python3", pythonWith(pip));
      const { error, message } = await machine.run();
      assert.equal(error, "LibraryError");
      assert.match(message ?? "", expected);
    }
    await machine.program("python3", pythonWith(goodPip));
    await putWheel(machine, [`tensorflow/${libraryName}`]);
    assert.match((await machine.run()).message ?? "", /the wheel lacks TensorFlow's library/);
    assert.deepEqual(await kept(machine), []);
    await Deno.remove(join(machine.programs, "python3"));
    const { message } = await machine.run("ready", { PATH: machine.programs });
    assert.match(message ?? "", /there is no python3: install it, or name TensorFlow's library in/);
  },
);

for (const step of ["the download", "unpacking"]) {
  testOnMachine(`readyLibrary() starts anew after it was killed in ${step}`, async (machine) => {
    const mark = join(machine.packages, "mark");
    const hang = `touch '${mark}'; sleep 1; exit 1`;
    // Half of the work is done when the process dies.
    const program = step === "unpacking"
      ? pythonWith(goodPip, `touch "$4/${libraryName}" "$4/${frameworkName}"; ${hang}`)
      : pythonWith(`${goodPip}; ${hang}`);
    await machine.program("python3", program);
    const process = machine.start();
    await waitFor(mark);
    process.kill("SIGKILL");
    await process.output();
    assert.deepEqual(await machine.run("find"), { said: "" });
    await machine.program("python3", pythonWith(goodPip));
    assert.equal(libraryOf(await machine.run()).source, "cache");
    assert.deepEqual(await kept(machine), whole);
  });
}

testOnMachine("readyLibrary() leaves nothing when it is aborted", async (machine) => {
  const mark = join(machine.packages, "mark");
  await machine.program("python3", pythonWith(`${goodPip}; touch '${mark}'; exec sleep 60`));
  const process = machine.start();
  await waitFor(mark);
  process.kill("SIGTERM");
  const { error } = await outcomeOf(process);
  assert.equal(error, "AbortError");
  assert.deepEqual(await kept(machine), []);
});

testOnMachine("readyLibrary() lets one of two processes fetch, the other wait", async (machine) => {
  await machine.program("python3", pythonWith(`sleep 2; ${goodPip}`));
  const outcomes = await Promise.all([machine.run(), machine.run()]);
  for (const outcome of outcomes) assert.equal(libraryOf(outcome).source, "cache");
  const waited = outcomes.filter(({ said }) => /^Waiting for another process/.test(said));
  assert.equal(waited.length, 1);
  assert.equal((await machine.pipCalls()).length, 1);
});

testOnMachine("readyLibrary() never takes half a folder for the library", async (machine) => {
  await putLibrary(join(machine.cache, "tensorflow", folderName), [libraryName]);
  assert.deepEqual(await machine.run("find"), { said: "" });
  assert.equal((await machine.run()).library?.source, "cache");
  assert.deepEqual(await kept(machine), whole);
});

testOnMachine("readyLibrary() does nothing where native code is refused", async (machine) => {
  const said = "native code is refused by --no-native or VGG_NO_NATIVE";
  const expected = { error: "LibraryError", message: said, said: "" };
  assert.deepEqual(await machine.run("refuse"), expected);
  const env = { VGG_NO_NATIVE: "1" };
  assert.deepEqual(await machine.run("ready", env), expected);
  await putLibrary(join(machine.cache, "tensorflow", folderName));
  assert.deepEqual(await machine.run("find", env), { said: "" });
  assert.equal((await machine.run("find", { VGG_NO_NATIVE: "0" })).library?.source, "cache");
});

testOnMachine(
  "findLibrary() takes VGG_TENSORFLOW's file or folder, or names it",
  async (machine) => {
    const directory = join(machine.packages, "own");
    await putLibrary(directory);
    const path = join(directory, libraryName);
    for (const named of [directory, path]) {
      const { library } = await machine.run("find", { VGG_TENSORFLOW: named });
      assert.deepEqual(library, { path, directory, source: "environment" });
    }
    const { error, message } = await machine.run("ready", { VGG_TENSORFLOW: "no/such" });
    assert.equal(error, "LibraryError");
    assert.equal(
      message,
      `VGG_TENSORFLOW must name ${libraryName} or its folder. Received: no/such`,
    );
    assert.deepEqual(await machine.pipCalls(), []);
  },
);

testOnMachine("findLibrary() finds Python's TensorFlow without importing it", async (machine) => {
  const directory = await putPackage(machine, "2.16.1");
  const { library } = await machine.run("find");
  const path = join(directory, libraryName);
  assert.deepEqual(library, { path, directory, source: "python", version: "2.16.1" });
});

testOnMachine("findLibrary() leaves an old TensorFlow of Python's alone", async (machine) => {
  await putPackage(machine, "2.15.1");
  assert.deepEqual(await machine.run("find"), { said: "" });
});

testOnMachine(
  "with an NVIDIA card, Python's TensorFlow comes before the cache",
  async (machine) => {
    await machine.program("nvidia-smi", "echo 'NVIDIA Test Card'");
    await putLibrary(join(machine.cache, "tensorflow", folderName));
    const without = await machine.run();
    assert.equal(without.library?.source, "cache");
    assert.match(without.said, /pip install "tensorflow\[and-cuda\]"/);
    await putPackage(machine, "2.21.0", "tensorflow");
    assert.equal((await machine.run()).library?.source, "python");
    await machine.program("nvidia-smi", "exit 9");
    assert.equal((await machine.run()).library?.source, "cache");
  },
);
