import assert from "node:assert/strict";
import { attempt } from "./attempt.ts";
import { compareReached, Coverage } from "./coverage.ts";
import { Failure, Fuzzer, shrink } from "./engine.ts";
import { clearMemory, memoryRoot, mountMemory } from "./memory_files.ts";
import { joined } from "./mutate.ts";
import type { Target } from "./target.ts";
import { targetsOf } from "./targets/mod.ts";

const coverage = await Coverage.start(new URL("nested_reader.ts", import.meta.url).href);
const { readNested } = await import("./nested_reader.ts");
mountMemory();

const nested: Target = {
  name: "nested",
  seeds: () => Promise.resolve([new TextEncoder().encode("......")]),
  read: (input) => Promise.resolve(readNested(input)),
  errors: [],
};

/** Tries inputs until one fails, at most a number. */
async function failureOf(guided: boolean, inputs: number): Promise<Failure | undefined> {
  const fuzzer = await Fuzzer.start(nested, { seed: 1, coverage, guided });
  try {
    await fuzzer!.run(inputs);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Failure);
    return error;
  }
}

Deno.test("inputs that reach new blocks lead to what blind changes do not find", async () => {
  assert.equal(await failureOf(false, 20_000), undefined);
  const failure = await failureOf(true, 20_000);
  assert.match(String(failure?.message), /the bytes are found/);
  const shrunk = await shrink(nested, failure!);
  assert.deepEqual([...shrunk].map((byte) => byte >> 4), [0xa, 0xb, 0xc, 0xd, 0xe]);
});

Deno.test("compareReached() counts the blocks of all records in each", () => {
  const whole = { f: { starts: [-1, 0, 10], reached: [false, true, false] } };
  const split = { f: { starts: [-1, 0, 4, 10], reached: [false, true, false, false] } };
  assert.deepEqual(compareReached([whole, split]), [2, 1]);
});

Deno.test("an attempt fails for other errors, other messages and open files", async () => {
  class Refusal extends Error {}
  const read = (action: (path: string) => unknown): Promise<unknown> =>
    attempt({
      ...{ name: "one", seeds: () => Promise.resolve([]), errors: [Refusal], names: /a\.txt/ },
      read: async (input, folder) => {
        await Deno.writeFile(`${folder}/a.txt`, input);
        await action(`${folder}/a.txt`);
      },
    }, new Uint8Array(3));
  const refuse = (message: string) => (): never => {
    throw new Refusal(message);
  };
  assert.equal(await read(() => {}), "read");
  assert.equal(await read(refuse("a.txt is empty")), "refused");
  await assert.rejects(read(refuse("it is empty")), /does not name the file/);
  await assert.rejects(read(refuse("a.txt\nis empty")), /not one line/);
  await assert.rejects(read((path) => Deno.open(path)), /left 1 files open/);
  await assert.rejects(
    read((path) => Deno.readDir(path)[Symbol.asyncIterator]().next()),
    /NotADir/,
  );
});

Deno.test("readers find the same in memory as in a folder", async () => {
  const outcome = async (target: Target, input: Uint8Array<ArrayBuffer>): Promise<string> => {
    const folder = target.files === "folder" ? await Deno.makeTempDir() : memoryRoot;
    try {
      return await target.read(input, folder).then(() => "read", (error) => `${error.message}`)
        .then((message) => message.replaceAll(folder, "…"));
    } finally {
      if (folder !== memoryRoot) await Deno.remove(folder, { recursive: true });
    }
  };
  for (const target of await targetsOf()) {
    if (target.files === "folder" || target.name.startsWith("parts")) continue;
    for (const seed of (await target.seeds() ?? []).slice(0, 1)) {
      const withMark = joined([0xef, 0xbb, 0xbf], seed);
      for (const input of [seed, seed.slice(0, seed.length >> 1), withMark]) {
        clearMemory();
        const inMemory = await outcome(target, input);
        assert.equal(inMemory, await outcome({ ...target, files: "folder" }, input), target.name);
      }
    }
  }
});
