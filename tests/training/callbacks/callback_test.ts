import assert from "node:assert/strict";
import { Run } from "../../../lib/runs/run.ts";
import { type Callback, notify, withCallbacks } from "../../../lib/training/callbacks/callback.ts";
import type { FitResult } from "../../../lib/training/loop/progress.ts";
import { inFolder } from "../../in_folder.ts";
import { exampleRecord } from "../../runs/example_record.ts";

const result: FitResult = { history: [], bestEpoch: 0, stopped: "interrupted" };

/** Callbacks of these names, and what they and a training between them do, in order. */
async function eventsOf(
  names: readonly string[],
  fails: (event: string) => boolean = () => false,
): Promise<{ events: string[]; outcome: FitResult | string }> {
  const events: string[] = [];
  const enter = async (event: string): Promise<void> => {
    await Promise.resolve();
    events.push(event);
    if (fails(event)) throw new Error(event);
  };
  const callbacks = names.map((name): Callback => ({
    onStart: () => enter(`${name} starts`),
    onEnd: (result) => enter(`${name} ends ${result?.stopped ?? "failed"}`),
  }));
  let outcome: FitResult | string = "";
  await inFolder(async (folder) => {
    const run = await Run.create(`${folder}/run`, exampleRecord);
    const training = async (): Promise<FitResult> => {
      await enter("training");
      return result;
    };
    outcome = await withCallbacks([...callbacks, {}], run, training)
      .catch((error: Error) => error.message);
  });
  return { events, outcome };
}

Deno.test("withCallbacks() starts and ends callbacks in the order of the list", async () => {
  assert.deepEqual(await eventsOf(["a", "b"]), {
    events: ["a starts", "b starts", "training", "a ends interrupted", "b ends interrupted"],
    outcome: result,
  });
});

Deno.test("withCallbacks() ends all callbacks of a training that fails, and throws its error", async () => {
  const failing = ["training", "a ends failed"];
  assert.deepEqual(await eventsOf(["a", "b"], (event) => failing.includes(event)), {
    events: ["a starts", "b starts", "training", "a ends failed", "b ends failed"],
    outcome: "training",
  });
});

Deno.test("withCallbacks() ends only callbacks that it has started", async () => {
  assert.deepEqual(await eventsOf(["a", "b", "c"], (event) => event === "b starts"), {
    events: ["a starts", "b starts", "a ends failed", "b ends failed"],
    outcome: "b starts",
  });
});

Deno.test("withCallbacks() throws the first error of the ends, once each was called", async () => {
  const { events, outcome } = await eventsOf(["a", "b"], (event) => event.includes("ends"));
  assert.deepEqual(events.slice(3), ["a ends interrupted", "b ends interrupted"]);
  assert.equal(outcome, "a ends interrupted");
});

Deno.test("notify() waits for each callback before it calls the next", async () => {
  const events: string[] = [];
  const slow: Callback = {
    onEpoch: async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      events.push("slow");
    },
  };
  const fast: Callback = { onEpoch: () => void events.push("fast") };
  const [line, snapshot] = [undefined, undefined] as never[];
  await notify([slow, {}, fast], (callback) => callback.onEpoch?.(line!, true, snapshot!));
  assert.deepEqual(events, ["slow", "fast"]);
});
