import { type Checkpoint, readCheckpoint } from "../../../lib/training/checkpoint/checkpoint.ts";
import { writeSafetensors } from "../../../lib/weights/safetensors/write_safetensors.ts";

/** Writes arrays and metadata as a checkpoint, with a digest that fits. */
export async function writeWithDigest(
  path: string,
  arrays: Checkpoint["arrays"],
  texts: Readonly<Record<string, string>>,
): Promise<void> {
  await writeSafetensors(
    path,
    new Map([...arrays].map(([name, { shape }]) => [name, shape])),
    (name) => Promise.resolve(arrays.get(name)!.values),
    texts,
  );
}

/** The metadata of a checkpoint in the format's first version, which did not say its version. */
export function firstVersionOf({ progress, spent }: Checkpoint): Record<string, string> {
  const { metrics: tally, monitor: watch, ...others } = progress;
  return {
    standing: JSON.stringify({ ...others, tally, watch }),
    spent: JSON.stringify(spent),
  };
}

/** Rewrites a checkpoint's file in the format's first version. */
export async function toFirstVersion(path: string): Promise<void> {
  const checkpoint = await readCheckpoint(path);
  await writeWithDigest(path, checkpoint.arrays, firstVersionOf(checkpoint));
}
