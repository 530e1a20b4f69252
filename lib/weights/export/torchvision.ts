import { resolveVGGOptions } from "../../vgg/options.ts";
import { planVGG } from "../../vgg/plan.ts";
import type { DescribedWeights } from "../describe.ts";
import { toMetadata } from "../net.ts";
import { writeSafetensors } from "../safetensors.ts";
import type { StoredArray } from "../weights_file.ts";
import { denseToTorch, kernelToTorch } from "../torch/torch_layout.ts";

/** What torchvision's batch normalization adds to the variance. */
const torchEpsilon = 1e-5;

/**
 * Writes a safetensors file with torchvision's names and layouts: `load_state_dict(load_file(PATH))` of
 * `vgg11` … `vgg19_bn` reads it. Its batch normalization adds less to the variance than Keras's; the
 * difference goes into the variances, so that the net computes the same.
 */
export async function exportTorchvision(weights: DescribedWeights, path: string): Promise<void> {
  const arrays = torchvisionArrays(weights);
  const shapes = new Map([...arrays].map(([name, { shape }]) => [name, shape]));
  const read = (name: string): Promise<Float32Array> => arrays.get(name)!.read();
  await writeSafetensors(path, shapes, read, toMetadataOfTorch(weights));
}

/** What is in the file is torchvision's net: its epsilon, and a bias in every convolution. */
function toMetadataOfTorch({ description }: DescribedWeights): Record<string, string> {
  const network = { ...description.network, batchNormEpsilon: torchEpsilon, convBias: true };
  return toMetadata({ ...description, network });
}

/** A net's arrays by torchvision's names and in its layouts. */
function torchvisionArrays(
  { arrays, description: { network } }: DescribedWeights,
): Map<string, StoredArray> {
  const options = resolveVGGOptions(network);
  const named = new Map<string, StoredArray>();
  let [features, classifier, channels] = [0, 0, 0];
  for (const plan of planVGG(options)) {
    const array = (name: string): StoredArray => arrays.get(`${plan.name}/${name}`)!;
    switch (plan.kind) {
      case "convolution": {
        channels = plan.filters;
        named.set(`features.${features}.weight`, kernelToTorch(array("kernel")));
        // Torchvision's convolutions always have one.
        named.set(`features.${features}.bias`, plan.bias ? array("bias") : zeros(plan.filters));
        features += plan.relu ? 2 : 1;
        break;
      }
      case "batch_normalization": {
        const more = options.batchNormEpsilon - torchEpsilon;
        named.set(`features.${features}.weight`, array("gamma"));
        named.set(`features.${features}.bias`, array("beta"));
        named.set(`features.${features}.running_mean`, array("moving_mean"));
        named.set(`features.${features}.running_var`, plus(array("moving_variance"), more));
        features += 1;
        break;
      }
      case "relu":
      case "max_pooling":
        features += 1;
        break;
      case "dense": {
        const read = classifier === 0 ? channels : array("kernel").shape[0]!;
        named.set(`classifier.${classifier}.weight`, denseToTorch(array("kernel"), read));
        named.set(`classifier.${classifier}.bias`, array("bias"));
        classifier += 3; // Its ReLU and its dropout follow, whatever the rate.
        break;
      }
      case "local_response_normalization":
        throw new RangeError("torchvision has no A-LRN. Received: configuration A-LRN");
    }
  }
  return named;
}

function zeros(count: number): StoredArray {
  return { shape: [count], read: () => Promise.resolve(new Float32Array(count)) };
}

function plus({ shape, read }: StoredArray, more: number): StoredArray {
  return { shape, read: async () => (await read()).map((value) => value + more) };
}
