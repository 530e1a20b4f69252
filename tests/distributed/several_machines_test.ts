import { join } from "@std/path";
import assert from "node:assert/strict";
import { inFolder } from "../in_folder.ts";
import { beginRun, blocksOf, readStarted, runWith, type Started } from "./documented.ts";
import { testWithShell } from "./support.ts";

testWithShell(
  "the commands for two machines start the two workers of one cluster",
  () =>
    inFolder(async (folder) => {
      const started = join(folder, "started");
      for (const [index, block] of blocksOf("On several machines", "sh", 2).entries()) {
        await runWith({}, { folder, words: ["sh", "-c", block], env: { STARTED: started } });
        const { place } = await readStarted(started);
        assert.deepEqual(place, { workers: ["alpha:2222", "beta:2222"], index });
      }
    }),
);

/** Stand-ins for SLURM, in a job of three nodes with a task on each. */
const slurm = {
  scontrol: `
if [ "$*" != "show hostnames node[07-09]" ]; then exit 1; fi
printf 'node07\\nnode08\\nnode09\\n'
`,
  srun: `
while [ "\${1#--}" != "$1" ]; do shift; done
for SLURM_PROCID in 0 1 2; do
  export SLURM_PROCID STARTED="$PWD/task-$SLURM_PROCID"
  "$@" || exit 1
done
`,
};

/** Runs the script as a job, and tells what its tasks were started as. */
async function runJob(
  folder: string,
  job: string,
  ...args: readonly string[]
): Promise<readonly Started[]> {
  const script = join(folder, "train.sbatch");
  await Deno.writeTextFile(script, blocksOf("SLURM", "sh", 1)[0]!);
  await runWith(slurm, {
    folder,
    words: ["bash", script, ...args],
    env: {
      SLURM_JOB_ID: job,
      SLURM_JOB_NODELIST: "node[07-09]",
      SLURM_CPUS_PER_TASK: "16",
    },
  });
  return await Promise.all([0, 1, 2].map((task) => readStarted(join(folder, `task-${task}`))));
}

const hasBash = await canRun("bash");

async function canRun(program: string): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["-c", "true"] }).output()).success;
  } catch {
    return false;
  }
}

/** Registers a test that runs the script for SLURM. */
function testWithBash(name: string, fn: (folder: string) => Promise<void>): void {
  Deno.test({
    name: name + (hasBash ? "" : " (skipped: no bash)"),
    ignore: !hasBash,
    fn: () => inFolder(fn),
  });
}

testWithBash("the script for SLURM starts one worker on each node", async (folder) => {
  const tasks = await runJob(folder, "120345");
  const workers = ["node07:20345", "node08:20345", "node09:20345"];
  assert.deepEqual(tasks.map(({ place }) => place), [0, 1, 2].map((index) => ({ workers, index })));
  for (const { flags } of tasks) {
    assert.equal(flags.options.run, "runs/slurm-120345");
    assert.ok(flags.restarts > 0);
    assert.equal(flags.options.resume, undefined);
  }
});

testWithBash("the script for SLURM goes on with a run that is there", async (folder) => {
  const run = "runs/slurm-120345";
  await beginRun(folder, run);
  for (const tasks of [await runJob(folder, "120345"), await runJob(folder, "120346", run)]) {
    for (const { flags } of tasks) {
      assert.deepEqual(flags.options, { run, resume: true, engine: { native: true } });
      assert.ok(flags.restarts > 0);
    }
  }
});
