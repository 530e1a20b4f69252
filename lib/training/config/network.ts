import { z } from "zod";
import { type NetworkName, networks } from "../../vgg/configurations.ts";
import type { InitializeFrom, VGGOptions } from "../../vgg/options.ts";
import {
  numberAbove,
  numberFrom,
  oneOf,
  setting,
  type SettingsOf,
  share,
  wholeNumber,
  yesOrNo,
} from "./setting.ts";

const columns = oneOf(Object.keys(networks) as NetworkName[]);
const initializer = z.union([
  oneOf(["he", "glorot", "paper", "dirac"]),
  z.custom<InitializeFrom>((value) => typeof value === "object"),
]);

/** What `buildVGG` checks. */
const unchecked = setting(z.custom<never>());

/** Every option of the network. */
export const networkSettings: SettingsOf<VGGOptions> = {
  configuration: setting(
    columns,
    "--model <name>",
    "column of the paper's table 1; D is VGG16; S is for images of 32 px " +
      "(default: D; A with the recipe fast, S with cifar)",
  ),
  batchNorm: setting(yesOrNo(), "--batch-norm", "batch normalization after each convolution", {
    helpOff: "no batch normalization, even if the recipe has it",
  }),
  width: setting(numberAbove(0), "--width <factor>", "factor for the channels of all layers"),
  inputSize: setting(wholeNumber(32), "--size <px>", "side of the input in pixels, 32 or more"),
  head: setting(oneOf(["4096-4096", "small", "max"]), "--head <name>", "fully connected layers"),
  dropout: setting(share(), "--dropout <rate>", "dropout rate, from 0 to below 1"),
  initializer: setting(initializer, "--initializer <name>", "distribution of the initial kernels"),
  weightDecay: setting(
    numberFrom(0),
    "--weight-decay <value>",
    "weight decay, instead of the recipe's",
  ),
  channels: unchecked,
  classes: unchecked,
  batchNormMomentum: unchecked,
  batchNormEpsilon: unchecked,
  batchNormScale: unchecked,
  nonlinearity: unchecked,
  whitening: unchecked,
  convBias: unchecked,
  classifierInitializer: unchecked,
  seed: unchecked,
  activation: unchecked,
};
