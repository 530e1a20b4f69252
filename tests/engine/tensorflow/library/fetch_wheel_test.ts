import { join } from "@std/path";
import assert from "node:assert/strict";
import { libraryName } from "../../../../lib/engine/tensorflow/library/library_files.ts";
import {
  cachedFiles,
  folderName,
  forgeWheel,
  frameworkName,
  goodPip,
  libraryFiles,
  libraryOf,
  type Machine,
  outcomeOf,
  putLibrary,
  pythonWith,
  testOnMachine,
} from "./library_machine.ts";

/** Waits until a file exists. */
async function waitFor(path: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await Deno.stat(path).then(() => true, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${path} was not made within 15 seconds`);
}

testOnMachine("readyLibrary() reports pip's last error and what to do", async (machine) => {
  const lines =
    "echo 'WARNING: Retrying (Retry(total=0))'; echo 'ERROR: first'; echo 'ERROR: last'";
  await machine.program("python3", pythonWith(`{ ${lines}; } >&2; exit 1`));
  const { error, message } = await machine.run();
  assert.equal(error, "LibraryError");
  assert.equal(
    message,
    "fetching TensorFlow failed (ERROR: last); the package index cannot be reached: try again " +
      "with a connection, or set VGG_TENSORFLOW to TensorFlow's library",
  );
  assert.deepEqual(await cachedFiles(machine), []);
});

testOnMachine(
  "readyLibrary() reports what is missing: pip, Python, disk space",
  async (machine) => {
    const failures: [string, RegExp][] = [
      [
        "echo '/usr/bin/python3: No module named pip' >&2; exit 1",
        /python3 has no pip: install it/,
      ],
      ["echo 'ERROR: [Errno 28] No space left on device' >&2; exit 1", /the disk is full: free/],
      ["exit 0", /pip succeeded but left no wheel/],
      ["exit 1", /python3 wrote nothing/],
    ];
    for (const [pip, expected] of failures) {
      await machine.program("python3", pythonWith(pip));
      const { error, message } = await machine.run();
      assert.equal(error, "LibraryError");
      assert.match(message ?? "", expected);
    }
    assert.deepEqual(await cachedFiles(machine), []);
    await Deno.remove(join(machine.programs, "python3"));
    const { message } = await machine.run("ready", { PATH: machine.programs });
    assert.match(message ?? "", /there is no python3: install it, or set VGG_TENSORFLOW to/);
  },
);

testOnMachine("readyLibrary() starts over after it was killed", async (machine) => {
  const mark = join(machine.packages, "mark");
  // The process dies when half of the work is done.
  await machine.program("python3", pythonWith(`${goodPip}; touch '${mark}'; sleep 1; exit 1`));
  const process = machine.start();
  await waitFor(mark);
  process.kill("SIGKILL");
  await process.output();
  // What a process leaves that was killed while it unpacked.
  const unpacking = join(machine.cache, "tensorflow", `${folderName}.part-1`);
  await putLibrary(unpacking, [libraryName]);
  assert.deepEqual(await machine.run("find"), { messages: "" });
  await machine.program("python3", pythonWith(goodPip));
  assert.equal(libraryOf(await machine.run()).source, "cache");
  assert.deepEqual(await cachedFiles(machine), libraryFiles);
});

testOnMachine("readyLibrary() leaves no files when it is aborted", async (machine) => {
  const mark = join(machine.packages, "mark");
  await machine.program("python3", pythonWith(`${goodPip}; touch '${mark}'; exec sleep 60`));
  const process = machine.start();
  await waitFor(mark);
  process.kill("SIGTERM");
  const { error } = await outcomeOf(process);
  assert.equal(error, "AbortError");
  assert.deepEqual(await cachedFiles(machine), []);
});

testOnMachine(
  "of two processes, one downloads the library and the other one waits",
  async (machine) => {
    await machine.program("python3", pythonWith(`sleep 2; ${goodPip}`));
    const outcomes = await Promise.all([machine.run(), machine.run()]);
    for (const outcome of outcomes) assert.equal(libraryOf(outcome).source, "cache");
    const waited = outcomes.filter(({ messages }) => /^Waiting for another process/.test(messages));
    assert.equal(waited.length, 1);
    assert.equal((await machine.pipCalls()).length, 1);
  },
);

testOnMachine("readyLibrary() replaces an incomplete library", async (machine) => {
  await putLibrary(join(machine.cache, "tensorflow", folderName), [libraryName]);
  assert.deepEqual(await machine.run("find"), { messages: "" });
  assert.equal((await machine.run()).library?.source, "cache");
  assert.deepEqual(await cachedFiles(machine), libraryFiles);
});

/** Puts a pip of a version into the packages of a machine. */
async function putPip(machine: Machine, version: string): Promise<void> {
  const folder = join(machine.packages, `pip-${version}.dist-info`);
  await Deno.mkdir(folder);
  await Deno.writeTextFile(join(folder, "METADATA"), `Name: pip\nVersion: ${version}\n`);
}

testOnMachine("readyLibrary() reports the share that pip itself reports", async (machine) => {
  await putPip(machine, "24.1");
  const lines = "echo 'Collecting tensorflow'; echo 'Progress 50000000 of 200000000'; " +
    "echo 'Progress 200000000 of 200000000'";
  await machine.program("python3", pythonWith(`${lines}; ${goodPip}`));
  const { messages } = await machine.run();
  const told = messages.split("\n").filter((line) => /^(Downloading|Unpacking)/.test(line));
  assert.match((await machine.pipCalls())[0]!, / --progress-bar=raw /);
  assert.deepEqual(told.slice(0, 2), [
    "Downloading TensorFlow 2.21.0: 50 of 200 MB",
    "Downloading TensorFlow 2.21.0: 200 of 200 MB",
  ]);
  // The bytes of the two libraries, see `makeWheel`.
  const bytes = [libraryName, frameworkName].map((name) => `content of tensorflow/${name}`.length);
  const [first, all] = [bytes[0]! / 1e6, (bytes[0]! + bytes[1]!) / 1e6];
  assert.deepEqual(told.slice(2), [
    `Unpacking TensorFlow 2.21.0: ${first} of ${all} MB`,
    `Unpacking TensorFlow 2.21.0: ${all} of ${all} MB`,
  ]);
});

testOnMachine("readyLibrary() guesses no total where pip does not tell it", async (machine) => {
  await putPip(machine, "24.0");
  const grow = 'head -c 3000000 /dev/zero > "$TMPDIR/part"; sleep 2.5; rm "$TMPDIR/part"';
  await machine.program("python3", pythonWith(`${grow}; ${goodPip}`));
  const { messages } = await machine.run();
  assert.doesNotMatch((await machine.pipCalls())[0]!, /progress-bar/);
  assert.match(messages, /^Downloading TensorFlow 2\.21\.0: 3 of Infinity MB$/m);
});

testOnMachine("readyLibrary() refuses a wheel that was not published", async (machine) => {
  const members = [libraryName, frameworkName].map((name) => `tensorflow/${name}`);
  await forgeWheel(machine, [...members, "tensorflow/__init__.py"]);
  const { error, message } = await machine.run();
  assert.equal(error, "LibraryError");
  assert.match(message ?? "", /gave another file than the published tensorflow-cpu 2\.21\.0/);
  assert.match(
    message ?? "",
    /check PIP_INDEX_URL .* Its SHA-256 must be [0-9a-f]{64}\. Received: /,
  );
  assert.deepEqual(await cachedFiles(machine), []);
});

const damages: Readonly<Record<string, (path: string) => Promise<void>>> = {
  "was cut": (path) => Deno.truncate(path, 3),
  "has other bytes": async (path) => {
    const bytes = await Deno.readFile(path);
    bytes[5]! ^= 1;
    await Deno.writeFile(path, bytes);
    await Deno.utime(path, 0, 0);
  },
};

for (const [what, damage] of Object.entries(damages)) {
  testOnMachine(`readyLibrary() fetches a cached library again that ${what}`, async (machine) => {
    const { path } = libraryOf(await machine.run());
    const content = await Deno.readTextFile(path);
    assert.equal((await machine.run("find")).library?.source, "cache");
    await damage(path);
    assert.deepEqual(await machine.run("find"), { messages: "" });
    const { library, messages } = await machine.run();
    assert.equal(library?.source, "cache");
    assert.match(
      messages,
      /^TensorFlow's library in \S+ is damaged and is fetched again: libtensor/,
    );
    assert.equal(await Deno.readTextFile(path), content);
  });
}
