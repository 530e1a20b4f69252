import type { PreparedSplit } from "../data/pipeline/prepared_split.ts";
import { prepareImages } from "../data/pipeline/prepared_split.ts";
import { BrokenImageError, type Split } from "../data/dataset.ts";
import { DataError } from "../data/errors.ts";
import { encodePng } from "../data/images/encode_png.ts";
import { subset } from "../data/subset.ts";
import { openOwnSet } from "../evaluation/evaluation_set.ts";
import type { RunRecord } from "../runs/run_record.ts";
import type { Sample } from "./page.ts";

/** The maximum number of images that measure the loss in accuracy, spread over all classes. */
const maxImages = 2000;
/** The maximum number of pictures in the page, each of another class. */
const maxSamples = 8;

/** The validation images of a run that are measured on, and some of them for the page. */
export interface DemoImages extends AsyncDisposable {
  readonly images: PreparedSplit;
  readonly samples: readonly Sample[];
}

/**
 * Reads the validation images of a run as its net receives them; `undefined` if they are no longer there.
 *
 * @param onMessage Called with one line if they are missing, or others than at the training.
 */
export async function readValidationImages(
  record: RunRecord,
  { signal, onMessage = () => {} }: {
    readonly signal?: AbortSignal;
    readonly onMessage?: (line: string) => void;
  },
): Promise<DemoImages | undefined> {
  const all = await openOwnSet(record, { split: "validation" }).catch((error) => {
    if (!(error instanceof DataError || error instanceof BrokenImageError)) throw error;
    onMessage(`neither sample pictures nor the loss in accuracy: ${error.message}`);
    return undefined;
  });
  if (!all) return undefined;
  const { fit, classes, digests, streamed } = record.data;
  const images = await prepareImages(spread(all.images), fit, signal ? { signal } : {});
  const known = streamed ? undefined : digests?.validation;
  if (images.length === all.images.length && known !== undefined && known !== images.digest) {
    onMessage(`the validation images of ${all.source} have changed since the training`);
  }
  const samples: Sample[] = [];
  const labels = [...new Set(images.labels)].sort((a, b) => a - b);
  for (const label of labels.slice(0, maxSamples)) {
    const image = await images.image(images.labels.indexOf(label));
    const png = await encodePng(image);
    samples.push({ name: classes[label]!.name, url: `data:image/png;base64,${png.toBase64()}` });
  }
  return { images, samples, [Symbol.asyncDispose]: () => images.dispose() };
}

/** Every so many of the images, if there are more than are measured on. */
function spread(images: Split): Split {
  if (images.length <= maxImages) return images;
  const step = images.length / maxImages;
  return subset(images, Array.from({ length: maxImages }, (_, at) => Math.floor(at * step)));
}
