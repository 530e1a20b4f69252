import { z } from "zod";
import { type ConfigurationName, configurations } from "../../vgg/configurations.ts";
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

const columns = oneOf(Object.keys(configurations) as ConfigurationName[]);
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
    "column of the paper's table 1; D is VGG16 (default: D, with fast A)",
  ),
  batchNorm: setting(yesOrNo(), "--batch-norm", "batch normalization after each convolution", {
    helpOff: "none, where the recipe has it",
  }),
  width: setting(numberAbove(0), "--width <factor>", "factor on all channels"),
  inputSize: setting(wholeNumber(32), "--size <px>", "side of the input in pixels, 32 or more"),
  head: setting(oneOf(["4096-4096", "small"]), "--head <name>", "fully connected layers"),
  dropout: setting(share(), "--dropout <rate>", "0 to below 1"),
  initializer: setting(initializer, "--initializer <name>", "how kernels start"),
  weightDecay: setting(numberFrom(0), "--weight-decay <value>", "in place of the recipe's"),
  channels: unchecked,
  classes: unchecked,
  batchNormMomentum: unchecked,
  batchNormEpsilon: unchecked,
  convBias: unchecked,
  classifierInitializer: unchecked,
  seed: unchecked,
  activation: unchecked,
};
