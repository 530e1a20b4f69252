import { writeImageDigests } from "../runs/image_digests.ts";
import type { PreparedData } from "./setup.ts";

/** Writes the digests of a run's images, unless they are decoded as they are used: then most are not known. */
export async function writeDigests(
  directory: string,
  { train, validation }: Pick<PreparedData, "train" | "validation">,
): Promise<void> {
  if (train.statisticsSample) return;
  await writeImageDigests(directory, {
    train: train.imageDigests,
    validation: validation.imageDigests,
  });
}
