import { join } from "@std/path";
import assert from "node:assert/strict";
import { vgg } from "../../../cli/support.ts";
import { libraryName } from "../../../../lib/engine/tensorflow/library/library_files.ts";
import { wheelVersion } from "../../../../lib/engine/tensorflow/library/wheels.ts";
import {
  cachedFiles,
  folderName,
  libraryFiles,
  libraryOf,
  type Machine,
  putLibrary,
  testOnMachine,
} from "./library_machine.ts";

const pin = `tensorflow-cpu==${wheelVersion}`;

/** Installs a TensorFlow into the machine's Python. */
async function putPackage(
  { packages }: Machine,
  version: string,
  name = "tensorflow_cpu",
): Promise<string> {
  const directory = join(packages, "tensorflow");
  await putLibrary(directory);
  await Deno.writeTextFile(join(directory, "__init__.py"), "raise SystemExit('imported')");
  const distInfo = join(packages, `${name}-${version}.dist-info`);
  await Deno.mkdir(distInfo);
  await Deno.writeTextFile(
    join(distInfo, "METADATA"),
    `Metadata-Version: 2.1\nName: ${name.replace("_", "-")}\nVersion: ${version}\n`,
  );
  return directory;
}

testOnMachine(
  "readyLibrary() announces the download, does it once, and keeps two files",
  async (machine) => {
    const first = await machine.run();
    const directory = join(machine.cache, "tensorflow", folderName);
    const path = join(directory, libraryName);
    const library = { path, directory, source: "cache", version: wheelVersion };
    assert.deepEqual(libraryOf(first), library);
    assert.deepEqual(await cachedFiles(machine), libraryFiles);
    assert.equal(await Deno.readTextFile(path), `content of tensorflow/${libraryName}`);
    assert.match(
      first.messages,
      /^Fetching tensorflow\S* 2\S+ with pip.* 1 MB to download, 1 MB kept in /,
    );
    assert.match(first.messages, /To refuse: --no-native or VGG_NO_NATIVE=1\.\n/);
    const second = await machine.run();
    assert.deepEqual(second, { library, messages: "" });
    const [call, ...more] = await machine.pipCalls();
    assert.deepEqual(more, []);
    assert.match(call ?? "", /pip download --no-deps --only-binary=:all: .*--platform \S+_\S+ /);
    assert.equal(call?.split(" ").at(-1), pin);
  },
);

testOnMachine("readyLibrary() does nothing if native code is refused", async (machine) => {
  const message = "native code is refused by --no-native or VGG_NO_NATIVE";
  const expected = { error: "LibraryError", message, messages: "" };
  assert.deepEqual(await machine.run("refuse"), expected);
  const env = { VGG_NO_NATIVE: "1" };
  assert.deepEqual(await machine.run("ready", env), expected);
  await putLibrary(join(machine.cache, "tensorflow", folderName));
  assert.deepEqual(await machine.run("find", env), { messages: "" });
  assert.equal((await machine.run("find", { VGG_NO_NATIVE: "0" })).library?.source, "cache");
});

testOnMachine(
  "findLibrary() uses the file or folder of VGG_TENSORFLOW, or refuses it",
  async (machine) => {
    const directory = join(machine.packages, "own");
    await putLibrary(directory);
    const path = join(directory, libraryName);
    for (const fileOrFolder of [directory, path]) {
      const { library } = await machine.run("find", { VGG_TENSORFLOW: fileOrFolder });
      assert.deepEqual(library, { path, directory, source: "environment" });
    }
    const { error, message } = await machine.run("ready", { VGG_TENSORFLOW: "no/such" });
    assert.equal(error, "LibraryError");
    assert.equal(
      message,
      `VGG_TENSORFLOW must be the path of ${libraryName} or of its folder. Received: no/such`,
    );
    assert.deepEqual(await machine.pipCalls(), []);
  },
);

testOnMachine("readyLibrary() finds Python whatever the linker is told", async (machine) => {
  const { library, messages } = await machine.run("ready", { LD_LIBRARY_PATH: "/nowhere" });
  assert.equal(library?.source, "cache", messages);
  assert.equal((await machine.pipCalls()).length, 1);
});

testOnMachine("a file that is no library is refused in one line", async (machine) => {
  const file = join(machine.packages, libraryName);
  await Deno.writeTextFile(file, "root:x:0:0:root:/root:/bin/sh\n");
  const { code, out, err } = await vgg(["setup"], { VGG_TENSORFLOW: file });
  assert.deepEqual([code, out], [2, ""]);
  assert.match(err, /^error: \S+ is not TensorFlow's library: .*\n$/);
});

testOnMachine("findLibrary() finds Python's TensorFlow without importing it", async (machine) => {
  const directory = await putPackage(machine, "2.16.1");
  const { library } = await machine.run("find");
  const path = join(directory, libraryName);
  assert.deepEqual(library, { path, directory, source: "python", version: "2.16.1" });
});

testOnMachine("findLibrary() ignores Python's TensorFlow if it is too old", async (machine) => {
  await putPackage(machine, "2.15.1");
  assert.deepEqual(await machine.run("find"), { messages: "" });
});

testOnMachine(
  "with an NVIDIA GPU, Python's TensorFlow comes before the cached one",
  async (machine) => {
    await machine.program("nvidia-smi", "echo 'NVIDIA Test GPU, 9.0'");
    await putLibrary(join(machine.cache, "tensorflow", folderName));
    const without = await machine.run();
    assert.equal(without.library?.source, "cache");
    assert.match(without.messages, /pip install "tensorflow\[and-cuda\]"/);
    await putPackage(machine, "2.21.0", "tensorflow");
    assert.equal((await machine.run()).library?.source, "python");
    await machine.program("nvidia-smi", "exit 9");
    assert.equal((await machine.run()).library?.source, "cache");
  },
);
