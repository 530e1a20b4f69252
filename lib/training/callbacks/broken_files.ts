import type { PreparedSplit } from "../../data/pipeline/prepared_split.ts";
import type { Run } from "../../runs/run.ts";
import type { Callback } from "./callback.ts";
import type { WriteQueue } from "./write_queue.ts";

/** Records the broken files that are found while a run trains, with those that it knows already. */
export function recordBroken(
  run: Run,
  queue: WriteQueue,
  splits: readonly Pick<PreparedSplit, "broken">[],
): Callback {
  const find = (): PreparedSplit["broken"] => splits.flatMap(({ broken }) => broken);
  let count = find().length;
  const record = (): void => {
    const found = find();
    if (found.length === count) return;
    count = found.length;
    queue.add(() => {
      const { data } = run.record;
      const known = new Set(data.broken.map(({ path }) => path));
      const added = found.filter(({ path }) => !known.has(path));
      return run.update({ data: { ...data, broken: [...data.broken, ...added] } });
    });
  };
  return { onStep: record, onEpoch: record };
}
