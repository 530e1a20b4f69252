import { join } from "@std/path";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  fetchWheel,
  type FetchWheelOptions,
} from "../../../../lib/engine/tensorflow/library/fetch_wheel.ts";
import { type Wheel, wheelName } from "../../../../lib/engine/tensorflow/library/wheels.ts";
import { zipOf } from "../../../data/downloads/zip_of.ts";
import {
  type Answer,
  head,
  type RawRequest,
  sendFile,
  sendRange,
  withRawServer,
} from "../../../files/remote/raw_server.ts";
import { inFolder } from "../../../in_folder.ts";
import { pinWheel } from "../../../project/pin_wheels.ts";
import { goodPip, libraryOf, pythonWith, testOnMachine } from "./library_machine.ts";

/** Bytes that do not deflate. */
const noise = (seed: number, length: number): Uint8Array =>
  Uint8Array.from(
    { length },
    (_, index) => createHash("sha256").update(`${seed} ${index >> 5}`).digest()[index & 31]!,
  );

const names = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"] as const;
const contents = [noise(1, 200_000), noise(2, 1000)] as const;
const wheelBytes = zipOf([
  { path: "tensorflow/__init__.py", content: noise(3, 50_000) },
  { path: `tensorflow/${names[0]}`, content: contents[0] },
  { path: `tensorflow/python/${names[0]}`, content: noise(4, 100_000) },
  { path: `tensorflow/${names[1]}`, content: contents[1] },
]);

/** What an index says of the wheel. */
const listed = (wheel: Wheel, sha256 = wheel.sha256): string =>
  JSON.stringify({
    files: [
      { filename: "other.whl", url: "other.whl", hashes: {} },
      { filename: wheelName(wheel), url: "../wheel", hashes: { sha256 } },
    ],
  });

const sendText = (
  send: Parameters<Answer>[1],
  text: string,
  type = "application/json",
): Promise<void> =>
  send(head("200 OK", { "content-type": type, "content-length": text.length }), text);

interface Served {
  readonly wheel: Wheel;
  /** Where the library comes to. */
  readonly folder: string;
  readonly told: string[];
  /** The requests for the wheel. */
  readonly ranges: () => readonly RawRequest[];
  readonly fetch: (options?: Partial<FetchWheelOptions>) => Promise<void>;
}

/** What the package index and the server of the wheel answer. */
interface Answers {
  readonly page?: (wheel: Wheel) => string;
  readonly type?: string;
  readonly wheel?: Answer;
  /** `PIP_INDEX_URL`, for the server's address. */
  readonly index?: (origin: string) => string;
}

const honest: Answer = (request, send) => sendRange(send, wheelBytes, request);

/** Runs on a machine without Python, whose package index has the wheel. */
async function withIndex(answers: Answers, use: (served: Served) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const path = join(folder, "wheel");
    await Deno.writeFile(path, wheelBytes);
    const wheel = await pinWheel(path, { package: "tensorflow-cpu", platform: "a_platform" });
    const answer: Answer = async (request, send) => {
      if (request.path === "/simple/tensorflow-cpu/") {
        await sendText(send, (answers.page ?? listed)(wheel), answers.type);
      } else {
        await (answers.wheel ?? honest)(
          { ...request, number: wheelRequests(requests).length - 1 },
          send,
        );
      }
    };
    let requests: readonly RawRequest[] = [];
    await withRawServer(answer, async (origin, all) => {
      requests = all;
      const index = answers.index?.(origin) ?? `${origin}/simple`;
      await withVariables({ PATH: folder, PIP_INDEX_URL: index, VGG_USE_PIP: "" }, async () => {
        const told: string[] = [];
        const target = join(folder, "cache", "library");
        await use({
          ...{ wheel, folder: target, told },
          ranges: () => wheelRequests(requests),
          fetch: (options = {}) =>
            fetchWheel(target, {
              ...{ refusal: "refuse", wheel, onMessage: (line) => void told.push(line) },
              ...options,
            }),
        });
      });
    });
  });
}

const wheelRequests = (requests: readonly RawRequest[]): readonly RawRequest[] =>
  requests.filter(({ path }) => path === "/simple/wheel");

async function withVariables(
  variables: Readonly<Record<string, string>>,
  use: () => Promise<void>,
): Promise<void> {
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  try {
    await use();
  } finally {
    for (const [name, value] of before) {
      value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
    }
  }
}

async function assertLibrary(folder: string): Promise<void> {
  for (const [index, name] of names.entries()) {
    assert.deepEqual(await Deno.readFile(join(folder, name)), contents[index]);
  }
  const parent = await Array.fromAsync(Deno.readDir(join(folder, "..")), ({ name }) => name);
  assert.deepEqual(parent.sort(), ["library", "library.lock"]);
}

async function filesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

Deno.test("fetchWheel() fetches the kept files of a wheel alone, without Python", () =>
  withIndex({}, async ({ wheel, folder, told, ranges, fetch }) => {
    const shares: number[][] = [];
    await fetch({
      onPrepare: (done, total, { verb }) => {
        if (verb.startsWith("Downloading")) shares.push([done, total]);
      },
    });
    await assertLibrary(folder);
    const kept = Object.values(wheel.files).map(({ packed: { offset, bytes } }) => [
      offset,
      offset + bytes,
    ]);
    assert.deepEqual(ranges().map(({ start, end }) => [start, end]), kept);
    const bytes = kept.reduce((sum, [start, end]) => sum + end! - start!, 0);
    assert.ok(bytes < 0.6 * wheelBytes.length);
    assert.deepEqual(shares.at(-1), [bytes / 1e6, bytes / 1e6]);
    assert.match(told.join("\n"), /^Fetching tensorflow-cpu \S+, once, .* 1 MB to download, 1 MB/);
    assert.equal(told.length, 1);
  }));

Deno.test("fetchWheel() goes on where a connection broke, and where a call before was interrupted", () => {
  const drops: Answer = (request, send) => sendRange(send, wheelBytes, request, 100_000);
  const breaks: Answer = (request, ...rest) =>
    (request.number === 0 ? drops : honest)(request, ...rest);
  return withIndex({ wheel: breaks }, async ({ wheel, folder, ranges, fetch }) => {
    const controller = new AbortController();
    const onMessage = (line: string): void => {
      if (/broke off/.test(line)) controller.abort();
    };
    await assert.rejects(fetch({ signal: controller.signal, onMessage }), { name: "AbortError" });
    assert.deepEqual(await filesIn(join(folder, "..")), ["library.fetched", "library.lock"]);
    await fetch();
    await assertLibrary(folder);
    const { offset } = wheel.files[names[0]]!.packed;
    assert.deepEqual(ranges().slice(0, 2).map(({ start }) => start - offset), [0, 100_000]);
  });
});

Deno.test("fetchWheel() refuses other bytes than were published in one line, and does not ask pip", async () => {
  const other = wheelBytes.map((byte, index) => index === wheelBytes.length >> 1 ? byte ^ 1 : byte);
  const answers: [Answers, RegExp][] = [
    [
      { wheel: (request, send) => sendRange(send, other, request) },
      /^What \S+ sent is not libtensorflow_cc\.so\.2 of tensorflow_cpu\S+: its SHA-256 must be [0-9a-f]{64}\. Received: [0-9a-f]{64}; it is not used: check PIP_INDEX_URL$/,
    ],
    [
      { page: (wheel) => listed(wheel, "0".repeat(64)) },
      /gave another file than the published tensorflow-cpu .* Received: 0{64}$/,
    ],
  ];
  for (const [answer, expected] of answers) {
    await withIndex(answer, async ({ folder, told, fetch }) => {
      await assert.rejects(fetch(), { name: "LibraryError", message: expected });
      assert.equal(told.length, 1);
      assert.ok(!(await filesIn(join(folder, ".."))).includes("library"));
    });
  }
});

const impossible: Readonly<Record<string, [Answers, RegExp]>> = {
  "sends no ranges": [
    { wheel: (_, send) => sendFile(send, wheelBytes) },
    /\/wheel is only sent as a whole; pip is tried instead/,
  ],
  "answers in HTML": [
    { page: () => "<a href=wheel>", type: "text/html" },
    /sent a web page .*; pip is tried instead/,
  ],
  "answers in another way": [
    { page: () => "{}" },
    /tensorflow-cpu\/ did not answer in JSON; pip is tried instead/,
  ],
  "does not list the wheel": [
    { page: () => '{"files":[]}' },
    /tensorflow-cpu\/ does not list tensorflow_cpu-\S+; pip is tried instead/,
  ],
  "needs a password": [
    { index: (origin) => `${origin.replace("//", "//user:secret@")}/simple` },
    /^the package index needs a password; pip is tried instead/,
  ],
  "is a folder": [{ index: () => "file:///index" }, /^the package index has no http or https add/],
  "is unknown": [{ index: () => "" }, /^no package index is known without pip: set PIP_INDEX_URL/],
};

for (const [what, [answers, expected]] of Object.entries(impossible)) {
  Deno.test(`fetchWheel() turns to pip if the index ${what}`, () =>
    withIndex(answers, async ({ told, fetch }) => {
      // There is no Python on this machine.
      await assert.rejects(fetch(), /fetching TensorFlow needs python3 with pip/);
      const line = told.find((line) => line.endsWith("; pip is tried instead")) ?? "";
      assert.match(line, expected);
      assert.doesNotMatch(told.join(), /secret/);
    }));
}

/** Serves a machine's wheel as a package index does. */
async function serveMachine(
  packages: string,
  answer: Answer,
  use: (index: string) => Promise<void>,
): Promise<void> {
  const wheel: Wheel = JSON.parse(await Deno.readTextFile(join(packages, "..", "pin.json")));
  await withRawServer(
    (request, send) =>
      request.path.endsWith("/tensorflow-cpu/")
        ? sendText(send, listed(wheel))
        : answer(request, send),
    (origin) => use(`${origin}/simple/`),
  );
}

testOnMachine(
  "readyLibrary() fetches without pip, also where its own process may not",
  async (machine) => {
    const bytes = await Deno.readFile(join(machine.packages, "..", "tensorflow.whl"));
    const answer: Answer = (request, send) => sendRange(send, bytes, request);
    await serveMachine(machine.packages, answer, async (index) => {
      const permissions = ["--no-prompt", "--allow-read", "--allow-write", "--allow-env"];
      const { messages, ...outcome } = await machine.run(
        "ready",
        { VGG_USE_PIP: "0", PIP_INDEX_URL: index },
        [...permissions, "--allow-sys", "--allow-run=python3,nvidia-smi,env"],
      );
      assert.equal(libraryOf({ messages, ...outcome }).source, "cache");
      assert.match(messages, /^Downloading TensorFlow \S+: \S+ of \S+ MB$/m);
      assert.deepEqual(await machine.pipCalls(), []);
    });
  },
);

testOnMachine(
  "readyLibrary() fetches with pip where the server sends no ranges",
  async (machine) => {
    const bytes = await Deno.readFile(join(machine.packages, "..", "tensorflow.whl"));
    await machine.program("python3", pythonWith(goodPip));
    await serveMachine(machine.packages, (_, send) => sendFile(send, bytes), async (index) => {
      const outcome = await machine.run("ready", { VGG_USE_PIP: "", PIP_INDEX_URL: index });
      assert.equal(libraryOf(outcome).source, "cache");
      assert.match(outcome.messages, /is only sent as a whole; pip is tried instead/);
      assert.equal((await machine.pipCalls()).length, 1);
    });
  },
);

/** Puts a pip into a machine's packages that is configured in a way. */
async function configurePip(packages: string, noIndex: boolean, index: string): Promise<void> {
  const folder = join(packages, "pip", "_internal", "commands");
  await Deno.mkdir(folder, { recursive: true });
  const options = `no_index=${noIndex ? "True" : "False"}, index_url=${JSON.stringify(index)}`;
  await Deno.writeTextFile(
    join(folder, "__init__.py"),
    `from types import SimpleNamespace as Space
def create_command(name):
    return Space(parser=Space(get_default_values=lambda: Space(${options})))
`,
  );
}

testOnMachine(
  "readyLibrary() asks the index of pip's configuration, or pip itself if it may use none",
  async (machine) => {
    const bytes = await Deno.readFile(join(machine.packages, "..", "tensorflow.whl"));
    const answer: Answer = (request, send) => sendRange(send, bytes, request);
    const env = { VGG_USE_PIP: "", PIP_INDEX_URL: "" };
    await serveMachine(machine.packages, answer, async (index) => {
      await configurePip(machine.packages, false, index);
      libraryOf(await machine.run("ready", env));
      assert.deepEqual(await machine.pipCalls(), []);
      await Deno.remove(join(machine.cache, "tensorflow"), { recursive: true });
      await configurePip(machine.packages, true, index);
      const outcome = await machine.run("ready", env);
      libraryOf(outcome);
      assert.match(outcome.messages, /pip is configured to use no package index; pip is tried/);
      assert.equal((await machine.pipCalls()).length, 1);
    });
  },
);
