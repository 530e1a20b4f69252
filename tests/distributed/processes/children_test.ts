import assert from "node:assert/strict";
import { Children } from "../../../lib/distributed/processes/children.ts";
import { scriptWords, shellWorkers, start, testWithShell } from "../support.ts";

testWithShell(
  "Children forwards the error output of processes without a terminal, and drops the rest",
  async () => {
    const said: string[] = [];
    using children = new Children({ say: (line) => said.push(line) });
    const endings = await children.run(
      shellWorkers("exit 3", "echo lost; echo one >&2; echo >&2; printf two >&2"),
    );
    assert.deepEqual(said, ["worker 1: one", "worker 1: two"]);
    const codes = endings.map(({ index, code }) => [index, code]).sort();
    assert.deepEqual(codes, [[0, 3], [1, 0]]);
  },
);

testWithShell("Children adds a process's own environment to this process's", async () => {
  const said: string[] = [];
  using children = new Children({ say: (line) => said.push(line) });
  const [command] = shellWorkers('echo "$OWN ${PATH:+path}" >&2');
  await children.run([{ ...command!, env: { OWN: "mine" } }]);
  assert.deepEqual(said, ["worker 0: mine path"]);
});

testWithShell(
  "Children kills a process that hangs after another has failed, even if it is suspended",
  async () => {
    using children = new Children({ say: () => {}, grace: 100 });
    const endings = await children.run(shellWorkers("exit 75", "kill -STOP $$", "exec sleep 1000"));
    assert.deepEqual(
      endings.map(({ index, code, signal, overdue }) => [index, code, signal, overdue])
        .sort(),
      [
        [0, 75, null, false],
        [1, 137, "SIGKILL", true],
        [2, 137, "SIGKILL", true],
      ],
    );
  },
);

testWithShell(
  "Children soon kills the others after the chief has ended with an error",
  async () => {
    using children = new Children({ say: () => {}, grace: 600_000 });
    const endings = await children.run(shellWorkers("exit 2", "exec sleep 1000"));
    assert.deepEqual(endings.map(({ code }) => code), [2, 137]);
  },
);

for (const status of [0, 129, 130, 143]) {
  testWithShell(`Children keeps the others running when one has ended with ${status}`, async () => {
    using children = new Children({ say: () => {}, grace: 1 });
    const endings = await children.run(shellWorkers(`exit ${status}`, "sleep 0.5"));
    assert.deepEqual(endings.map(({ index, code }) => [index, code]), [[0, status], [1, 0]]);
  });
}

/** Starts a process with two children that answer signals, and waits until they are ready. */
async function startFamily(): Promise<{ parent: Deno.ChildProcess; rest: () => Promise<string> }> {
  const parent = start(scriptWords("signals_process.ts"));
  const err = new Response(parent.stderr).text();
  const text = parent.stdout.pipeThrough(new TextDecoderStream());
  const reader = text.getReader();
  let seen = "";
  while (!seen.includes("ready")) {
    const { value, done } = await reader.read();
    if (done) assert.fail(await err);
    seen += value;
  }
  const rest = async (): Promise<string> => {
    while (true) {
      const { value, done } = await reader.read();
      if (done) break;
      seen += value;
    }
    return seen + await err;
  };
  return { parent, rest };
}

testWithShell(
  "SIGTERM is forwarded to the children, and the parent ends after them",
  async () => {
    const { parent, rest } = await startFamily();
    parent.kill("SIGTERM");
    const said = await rest();
    assert.equal((await parent.status).code, 130, said);
    assert.match(said, /^worker 0: heard TERM\nworker 1: heard TERM\ninterrupted true\n/m);
  },
);

testWithShell("Ctrl-C reaches children once, and the parent ends after them", async () => {
  const { parent, rest } = await startFamily();
  Deno.kill(-parent.pid, "SIGINT");
  const said = await rest();
  assert.equal((await parent.status).code, 130, said);
  assert.match(said, /^worker 0: heard INT\nworker 1: heard INT\ninterrupted true\n/m);
});
