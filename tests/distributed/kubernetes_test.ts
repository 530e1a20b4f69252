import { join } from "@std/path";
import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { statusOfSignal } from "../../lib/distributed/processes/end_signals.ts";
import { exitTemporaryFailure } from "../../lib/distributed/processes/exit_status.ts";
import { inFolder } from "../in_folder.ts";
import { beginRun, blocksOf, readStarted, runWith, type Started } from "./documented.ts";
import { testWithShell } from "./support.ts";

const labels = z.record(z.string(), z.string());
const metadata = z.object({ name: z.string() });
/** These pods and, being strict, no others. */
const pods = z.strictObject({ podSelector: z.strictObject({ matchLabels: labels }) });

/** What decides who finds whom. */
const service = z.object({
  kind: z.literal("Service"),
  metadata,
  spec: z.object({
    clusterIP: z.literal("None"),
    publishNotReadyAddresses: z.literal(true),
    selector: labels,
  }),
});

/** What decides who reaches whom. */
const policy = z.object({
  kind: z.literal("NetworkPolicy"),
  spec: pods.extend({
    policyTypes: z.tuple([z.literal("Ingress")]),
    ingress: z.tuple([z.strictObject({ from: z.tuple([pods]) })]),
  }),
});

/** What decides who is started, and started again. */
const job = z.object({
  kind: z.literal("Job"),
  metadata,
  spec: z.object({
    completionMode: z.literal("Indexed"),
    completions: z.number(),
    parallelism: z.number(),
    backoffLimit: z.number(),
    podFailurePolicy: z.object({
      rules: z.array(z.object({
        action: z.enum(["Ignore", "FailJob"]),
        onExitCodes: z.object({
          containerName: z.string(),
          operator: z.literal("In"),
          values: z.array(z.number()),
        }).optional(),
      })),
    }),
    template: z.object({
      metadata: z.object({ labels }),
      spec: z.object({
        subdomain: z.string(),
        restartPolicy: z.literal("Never"),
        containers: z.tuple([z.object({
          name: z.string(),
          command: z.array(z.string()),
          env: z.array(z.object({ name: z.string(), value: z.string().optional() })),
        })]),
      }),
    }),
  }),
});

const manifests = z.tuple([service, policy, job]);

function readManifests(): z.infer<typeof manifests> {
  const documents = Array.from(parseAllDocuments(blocksOf("Kubernetes", "yaml", 1)[0]!));
  for (const { errors, warnings } of documents) assert.deepEqual([...errors, ...warnings], []);
  return manifests.parse(documents.map((document) => document.toJS()));
}

Deno.test("the manifests for Kubernetes let a Job's pods reach each other, and nobody else them", () => {
  const [{ metadata, spec: { selector } }, { spec: wall }, { spec: { template } }] =
    readManifests();
  assert.equal(template.spec.subdomain, metadata.name);
  assert.deepEqual(selector, template.metadata.labels);
  assert.deepEqual(wall.podSelector.matchLabels, selector);
  assert.deepEqual(wall.ingress[0].from[0].podSelector.matchLabels, selector);
});

Deno.test("the Job for Kubernetes starts again after a loss, and not after an error", () => {
  const [, , { spec: { template, podFailurePolicy: { rules }, backoffLimit } }] = readManifests();
  const [{ name }] = template.spec.containers;
  const codes = rules.flatMap(({ action, onExitCodes }) =>
    onExitCodes ? [{ action, ...onExitCodes }] : []
  );
  assert.deepEqual(codes, [
    { action: "FailJob", containerName: name, operator: "In", values: [1, 2] },
  ]);
  for (const status of [exitTemporaryFailure, statusOfSignal("SIGTERM")]) {
    assert.ok(!codes[0]!.values.includes(status));
  }
  assert.ok(backoffLimit > 0);
});

testWithShell(
  "the Job for Kubernetes starts a worker in each pod, and goes on with a run that is there",
  () =>
    inFolder(async (folder) => {
      const [, , { metadata, spec: { completions, parallelism, template } }] = readManifests();
      const { subdomain, containers: [{ command, env }] } = template.spec;
      assert.equal(parallelism, completions);
      const start = async (index: number): Promise<Started> => {
        const own = Object.fromEntries(env.map(({ name, value = "16" }) => [name, value]));
        const started = join(folder, `pod-${index}`);
        await runWith({}, {
          folder,
          words: command,
          env: { ...own, JOB_COMPLETION_INDEX: `${index}`, STARTED: started },
        });
        return await readStarted(started);
      };
      const indices = Array.from({ length: completions }, (_, index) => index);
      const workers = indices.map((index) => `${metadata.name}-${index}.${subdomain}:2222`);
      for (const index of indices) {
        const { place, flags } = await start(index);
        assert.deepEqual(place, { workers, index });
        assert.equal(flags.options.resume, undefined);
      }
      const { flags: { options: { run } } } = await start(0);
      await beginRun(folder, run!);
      assert.deepEqual((await start(0)).flags.options, {
        run,
        resume: true,
        engine: { native: true },
      });
    }),
);
