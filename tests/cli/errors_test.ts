import { join } from "@std/path";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { describeError } from "../../lib/cli/errors.ts";
import { ReadError } from "../../lib/files/read.ts";
import { systemError } from "../files/interpose.ts";
import { writeTiny } from "../training/tiny_set.ts";
import { type Ended, vgg } from "./support.ts";

/** Flags that are wrong, and what the one line must say. */
const wrong: [string[], RegExp][] = [
  [["train", "--epochs", "0"], /--epochs must be a whole number from 1\. Received: 0/],
  [["train", "--epochs", "many"], /--epochs must be a whole number from 1\. Received: many/],
  [["train", "--epoch", "3"], /unknown option '--epoch' \(Did you mean --epochs\?\)/],
  [["train", "--model", "F"], /'F' is invalid\. Allowed choices are A, A-LRN, B, C, D, E/],
  [["train", "--recipe", "slow"], /'slow' is invalid\. Allowed choices are article, paper, fast/],
  [
    ["train", "--engine", "abacus"],
    /'abacus' is invalid\. Allowed choices are auto, tensorflow, webgpu, wasm, cpu/,
  ],
  [["train", "--size", "31"], /--size must be a whole number from 32\. Received: 31/],
  [["train", "--width", "0"], /--width must be a number above 0\. Received: 0/],
  [["train", "--dropout", "1"], /dropout must be at least 0 and less than 1\. Received: 1/],
  [["train", "--scale", "40,x"], /--scale must be a whole number of pixels, or two .*: 40,x/],
  [["train", "--scale", "64"], /scale needs a recipe that crops at random: paper\..* translate/],
  [
    ["train", "--recipe", "paper", "--size", "64", "--scale", "96,80"],
    /scale must be from the input's 64 pixels, of two the lower first\. Received: 96,80/,
  ],
  [["train", "--patience", "3"], /patience needs a recipe whose rate falls on a plateau: paper\./],
  [
    ["train", "--shallow", "a", "--weights", "b"],
    /starts from a shallower net .* or from weights\./,
  ],
  [["train", "--engine", "cpu", "--shallow", "nowhere"], /there is no \/.*\/nowhere\/run\.json/],
  [
    ["train", "--engine", "cpu", "--weights", "nowhere"],
    /weights must be a run's folder, an existing file, or one of cifar10, imagenet-keras/,
  ],
  [
    ["train", "--engine", "cpu", "--weights", "LICENSE"],
    /LICENSE is not a weights file; supported are safetensors and /,
  ],
  [
    ["train", "--data", "nowhere"],
    /data must be drawn10, .* or an existing folder. Received: \/.*\/nowhere/,
  ],
  [["train", "--data", "deno.json"], /A data set must be a folder .*Received: the file deno\.json/],
  [["train", "--classes", "n1,n2"], /classes must be .*Received: n1/],
  [
    ["train", "--resume", "--batch", "8"],
    /changes\.batchSize \(--batch\) cannot be given with resume: .* Received: 8/,
  ],
  [["train", "--run", "deno.json"], /a run is a folder\. Received: the file deno\.json/],
  [["train", "--run", "lib"], /a run needs a new or empty folder\. Received: lib/],
  [["train", "--workers", "1"], /--workers must be a whole number from 2\. Received: 1/],
  [["train", "--restarts", "-1"], /--restarts must be a whole number from 0\. Received: -1/],
  [
    ["train", "--workers", "2", "--engine", "wasm"],
    /--workers needs the engine tensorflow\. Received: wasm/,
  ],
  [["evaluate", "--run", "nowhere"], /there is no \/.*\/nowhere\/run\.json/],
  [["evaluate", "--run", "lib", "--run", "nowhere"], /there is no .*run\.json/],
  [["evaluate", "--crops", "x"], /'x' is invalid\. Allowed choices are center, dense, multi, both/],
  [["evaluate", "--scales", "abc"], /--scales must be whole numbers .*Received: abc/],
  [["figures", "--run", "nowhere"], /there is no \/.*\/nowhere\/run\.json/],
  [["paper", "--epochs", "0"], /--epochs must be a whole number from 1\. Received: 0/],
  [["paper", "--output", "lib"], /an experiment needs a folder that is new.* Received: lib, with/],
  [["paper", "--output", "LICENSE"], /an experiment needs a folder\. .*LICENSE/],
  [["data", "mnist"], /data must be drawn10, cifar10, .*Received: mnist/],
  [["trane"], /unknown command 'trane' \(Did you mean train\?\)/],
];

for (const [args, message] of wrong) {
  Deno.test(`deno task ${args.join(" ")} ends with one line and status 2`, async () => {
    const { code, out, err } = await vgg(args, { VGG_NO_NATIVE: "1" });
    assert.equal(code, 2, err);
    assert.equal(out, "");
    assert.equal(err.trim().split("\n").length, 1, err);
    assert.match(err, message);
  });
}

Deno.test("a class folder without images ends training before anything is written", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writeTiny(join(folder, "data"));
    await Deno.mkdir(join(folder, "data/train/empty"));
    const run = join(folder, "run");
    const { code, err } = await vgg(["train", "--data", join(folder, "data"), "--run", run]);
    assert.equal(code, 2);
    assert.match(err, /empty/);
    await assert.rejects(Deno.stat(run), Deno.errors.NotFound);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

const tasks = ["train", "evaluate", "figures", "report", "predict", "paper", "data", "setup"];

for (const task of tasks) {
  Deno.test(`deno task ${task} --help shows its flags`, async () => {
    const { code, out } = await vgg([task, "--help"]);
    assert.equal(code, 0);
    assert.match(out, new RegExp(`^Usage: deno task ${task}`));
  });
}

/** Ends a process as the command line does, for an error that a program throws. */
async function endFor(program: string, env: Record<string, string> = {}): Promise<Ended> {
  const code = `import { endWithError, endWithUncaughtErrors } from "./lib/cli/errors.ts";
import { OptionError } from "./lib/errors.ts";
endWithUncaughtErrors();
const forever = new Promise((resolve) => setTimeout(resolve, 20_000));
try { ${program} } catch (error) { endWithError(error); }`;
  const { code: status, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", "--ext=ts", code],
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    env: { NO_COLOR: "1", ...env },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  return { code: status, out: out!, err: err! };
}

/** Errors that no user's input is to blame for, also where nothing waits for them. */
const programmersErrors: readonly (readonly [program: string, line: RegExp])[] = [
  ["const deeper = (): number => 1 + deeper(); deeper();", /RangeError: Maximum call stack/],
  ["const length = -1; new Float32Array(length);", /RangeError: Invalid typed array length: -1/],
  ['throw new TypeError("a mistake");', /TypeError: a mistake/],
  ['throw new Error("the file said:\\nos error 28\\x1b[2J");', /said: os error 28\\x1b\[2J/],
  ['throw "a text";', /uncaught: a text/],
  ["throw undefined;", /uncaught: undefined/],
  ['Promise.reject(new TypeError("a promise")); await forever;', /TypeError: a promise/],
  ['setTimeout(() => { throw new TypeError("a timer"); }); await forever;', /TypeError: a timer/],
  [
    'const target = new EventTarget(); target.addEventListener("x", () => { throw new TypeError("a listener"); }); ' +
    'target.dispatchEvent(new Event("x")); await forever;',
    /TypeError: a listener/,
  ],
];

for (const [program, line] of programmersErrors) {
  Deno.test(`endWithError() says any error in one line: ${program}`, async () => {
    const short = await endFor(program);
    assert.equal(short.code, 1, short.err);
    assert.match(short.err, /^error: .* \(an error of the program; VGG_DEBUG=1 shows its stack\)$/);
    assert.match(short.err, line);
  });
}

Deno.test("endWithError() shows with VGG_DEBUG=1 where any error comes from", async () => {
  for (const where of ["{ throw", "setTimeout(() => { throw"]) {
    const end = where === "{ throw" ? "}" : "}); await forever;";
    const { code, err } = await endFor(`${where} new TypeError("a mistake"); ${end}`, {
      VGG_DEBUG: "1",
    });
    assert.equal(code, 1);
    assert.match(err, /^TypeError: a mistake\n {4}at .*eval/);
  }
});

Deno.test("endWithError() says a user's error in one line, with VGG_DEBUG=1 also its stack", async () => {
  const program = 'throw new OptionError("size must be 32. Received: 1");';
  const line = "error: size must be 32. Received: 1";
  assert.deepEqual(await endFor(program), { code: 2, out: "", err: line });
  const { code, err } = await endFor(program, { VGG_DEBUG: "1" });
  assert.equal(code, 2);
  assert.match(err, /^OptionError: size must be 32\. Received: 1\n {4}at .*eval/);
  assert.equal(err.split("\n").at(-1), line);
});

Deno.test("describeError() does not take a broken disk for an error of the program", () => {
  for (const code of ["EIO", "ENOSPC", "EMFILE"] as const) {
    const error = systemError(code);
    assert.deepEqual(describeError(error), { message: error.message, status: 1 });
  }
  assert.equal(describeError(new ReadError("a")).isUnexpected, undefined);
  assert.equal(describeError(new TypeError("a")).isUnexpected, true);
});

const onLinux = { ignore: Deno.build.os !== "linux" };

Deno.test("endWithError() says in one line that a disk is full", onLinux, async () => {
  const program = 'Deno.writeFileSync("/dev/full", new Uint8Array(1));';
  const { code, err } = await endFor(program);
  assert.equal(code, 1);
  assert.match(err, /^error: No space left on device .*$/);
});

Deno.test(
  "what cannot be printed ends a command with a line that names the output",
  onLinux,
  async () => {
    const { code, stderr } = await new Deno.Command("sh", {
      args: ["-c", '"$0" run -A --no-check lib/cli.ts data > /dev/full', Deno.execPath()],
      cwd: new URL("../../", import.meta.url),
      env: { NO_COLOR: "1" },
    }).output();
    assert.equal(code, 1);
    assert.equal(
      new TextDecoder().decode(stderr),
      "error: the standard output cannot be written: the disk is full\n",
    );
  },
);
