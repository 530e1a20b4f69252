import { basename } from "@std/path";
import type { NetworkName } from "../../vgg/configurations.ts";
import { resolveVGGOptions, type VGGOptions } from "../../vgg/options.ts";
import { planVGG } from "../../vgg/plan.ts";
import type { DescribedWeights } from "../describe.ts";
import { writeSafetensors } from "../safetensors/write_safetensors.ts";
import { denseToTorch, kernelToTorch } from "../torch/torch_layout.ts";
import type { StoredArray } from "../weights_file.ts";
import { exportMetadata } from "./input.ts";
import { requireModulePlace, torchModulePath, writeTorchModule } from "./torch_module.ts";

/** The epsilon of torchvision's batch normalization. */
const torchEpsilon = 1e-5;

/**
 * Writes a safetensors file with torchvision's names and layouts. `load_state_dict(load_file(PATH))` of
 * torchvision's own `vgg11` … `vgg19_bn` reads it if the net has their layers, see
 * {@linkcode torchvisionNote}. A Python module beside it makes any net and loads it.
 *
 * The epsilon of torchvision's batch normalization is smaller than Keras's. The difference is added to the
 * variances, so that the net computes the same.
 *
 * @throws {OptionError} If a file of others is where the Python module belongs.
 */
export async function exportTorchvision(weights: DescribedWeights, path: string): Promise<void> {
  await requireModulePlace(path);
  const arrays = torchvisionArrays(weights);
  const shapes = new Map([...arrays].map(([name, { shape }]) => [name, shape]));
  const read = (name: string): Promise<Float32Array> => arrays.get(name)!.read();
  await writeSafetensors(path, shapes, read, toMetadataOfTorch(weights));
  await writeTorchModule(weights.description, path);
}

/** Torchvision's functions by configuration. */
const functions: Readonly<Partial<Record<NetworkName, string>>> = {
  A: "vgg11",
  B: "vgg13",
  D: "vgg16",
  E: "vgg19",
};

/** Says how to load a net's file, and why torchvision's own `vgg11` … `vgg19_bn` cannot, if they cannot. */
export function torchvisionNote(network: VGGOptions, path: string): string {
  const module = torchModulePath(path);
  const name = basename(module).replace(/\.py$/, "");
  const reason = whyNotTorchvision(network);
  return `${module} makes the module and loads it: from ${name} import load; model = load()` +
    (reason ? ` (${reason})` : "");
}

function whyNotTorchvision(network: VGGOptions): string | undefined {
  const { configuration, inputSize, channels, width, head, batchNorm } = resolveVGGOptions(network);
  const name = functions[configuration];
  const differences = [
    name ? "" : `configuration ${configuration}`,
    head === "4096-4096" ? "" : `the head ${head} instead of 4096-4096`,
    Math.floor(inputSize / 32) === 7 ? "" : `images of ${inputSize} px instead of 224`,
    width === 1 ? "" : `width ${width} instead of 1`,
    channels === 3 ? "" : `${channels} channels instead of 3`,
  ].filter((difference) => difference !== "");
  if (differences.length === 0) return undefined;
  const model = name ? `${name}${batchNorm ? "_bn" : ""}()` : "nets";
  return `torchvision's own ${model} cannot because it has ${differences.join(", ")}`;
}

/** The description of the net in the file, with torchvision's epsilon and a bias in every convolution. */
function toMetadataOfTorch({ description }: DescribedWeights): Record<string, string> {
  const network = { ...description.network, batchNormEpsilon: torchEpsilon, convBias: true };
  return exportMetadata({ ...description, network });
}

/** Converts a net's arrays to torchvision's names and layouts. */
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
        // Torchvision's convolutions always have a bias.
        named.set(`features.${features}.bias`, plan.bias ? array("bias") : zeros(plan.filters));
        features += plan.relu ? 2 : 1;
        break;
      }
      case "batch_normalization": {
        const difference = options.batchNormEpsilon - torchEpsilon;
        named.set(`features.${features}.weight`, array("gamma"));
        named.set(`features.${features}.bias`, array("beta"));
        named.set(`features.${features}.running_mean`, array("moving_mean"));
        named.set(`features.${features}.running_var`, plus(array("moving_variance"), difference));
        features += 1;
        break;
      }
      case "relu":
      case "local_response_normalization":
      case "max_pooling":
        features += 1;
        break;
      case "dense": {
        const inputChannels = classifier === 0 ? channels : array("kernel").shape[0]!;
        named.set(`classifier.${classifier}.weight`, denseToTorch(array("kernel"), inputChannels));
        named.set(`classifier.${classifier}.bias`, array("bias"));
        classifier += 3; // Torchvision has a ReLU and a dropout after it, at any dropout rate.
        break;
      }
    }
  }
  return named;
}

function zeros(count: number): StoredArray {
  return { shape: [count], read: () => Promise.resolve(new Float32Array(count)) };
}

function plus({ shape, read }: StoredArray, summand: number): StoredArray {
  return { shape, read: async () => (await read()).map((value) => value + summand) };
}
