import fc from "fast-check";
import { describeForeign, formatOf } from "../../../lib/data/images/formats.ts";
import { findFault, refersBehindEnd } from "../../../lib/data/images/find_faults.ts";
import { OptionError } from "../../../lib/errors.ts";
import { MatlabError, readMatlab } from "../../../lib/files/matlab.ts";
import {
  pickledArray,
  pickledIntegers,
  pickledText,
} from "../../../lib/files/pickle/numpy_array.ts";
import { unpickle } from "../../../lib/files/pickle/unpickle.ts";
import { parseClassNames } from "../../../lib/weights/classes/parse_class_names.ts";
import { WeightsError } from "../../../lib/weights/errors.ts";
import { readKerasModel } from "../../../lib/weights/keras/keras_model_file.ts";
import { fromMetadata } from "../../../lib/weights/net.ts";
import { arraysInPickle } from "../../../lib/weights/numpy/pickled_arrays.ts";
import { tensorsIn } from "../../../lib/weights/torch/tensors_in.ts";
import { weightShapes } from "../../../lib/weights/weight_shapes.ts";
import { matlabFile } from "../../data/sources/records/matlab_files.ts";
import { batchPickle, metaPickle } from "../../data/sources/records/pickles.ts";
import { files } from "../../weights/numpy/numpy_files.ts";
import { dense, functional, sequential, vgg11 } from "../../weights/keras/model_json.ts";
import { pickles } from "../models/pickles.ts";
import { pictureFiles } from "../models/pictures.ts";
import { tablesOf } from "../models/tables.ts";
import type { Bytes } from "../mutate.ts";
import { type Target, wholeJson } from "../target.ts";

const bytesOf = (value: unknown): Bytes =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const textOf = (input: Bytes): string => new TextDecoder().decode(input);
const layers = [...vgg11(), { class_name: "Flatten", config: { name: "flatten" } }, dense(3)];

const description = {
  network: { configuration: "A", inputSize: 32, classes: 2 },
  classes: [{ id: "a", name: "a" }, { id: "b", name: "b" }],
  fit: { mode: "stretch", size: 32 },
  normalization: { kind: "rescale", mean: [0, 0, 0], deviation: [255, 255, 255] },
};

/** Parts of readers that look at bytes or texts, without files around them: the fastest to try. */
export const partTargets: readonly Target[] = [
  {
    name: "parts: pickles",
    seeds: () =>
      Promise.resolve([
        ...[files["pairs.pkl"]!, metaPickle("label_names", ["a", "b"])],
        batchPickle([1, 2], new Uint8Array(2 * 3072)).slice(0, 600),
      ]),
    model: pickles,
    read: (input) => {
      const { value } = unpickle(input);
      // Each must be able to look at any value.
      const readers = [tensorsIn, arraysInPickle, pickledArray, pickledText, pickledIntegers];
      for (const reader of readers) {
        try {
          reader(value);
        } catch (error) {
          if (!(error instanceof WeightsError)) throw error;
        }
      }
      return Promise.resolve();
    },
    errors: [RangeError],
  },
  {
    name: "parts: headers of pictures",
    seeds: () => Promise.resolve(fc.sample(pictureFiles, { seed: 1, numRuns: 30 })),
    model: pictureFiles,
    read: (input) => {
      const format = formatOf(input);
      describeForeign(input, "picture.jpg");
      if (format && !findFault(format, input)) {
        try {
          refersBehindEnd(format, input);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
        }
      }
      return Promise.resolve();
    },
    errors: [],
  },
  {
    name: "parts: MATLAB",
    seeds: () =>
      Promise.resolve([
        matlabFile({ a: { shape: [1, 2], bytes: [1, 2] } }),
        matlabFile({ synsets: { structs: [{ ID: 1, WNID: "n01440764" }] } }),
      ]),
    read: (input) => Promise.resolve(void readMatlab(input)),
    errors: [MatlabError],
  },
  {
    name: "parts: class names",
    seeds: () =>
      Promise.resolve(
        [
          ...["cat\ndog\n", "0 cat\n1 dog\n", "n01440764 tench, Tinca tinca\n", "0: 'cat'\n"],
          ...["id,name\n0,cat\n1,dog\n", '{"0": ["n01", "cat"]}', '["cat", {"name": "dog"}]'],
          '{"cat": 0, "dog": 1}',
        ].map(bytesOf),
      ),
    model: tablesOf(["name", "id", "index", "class", "label", "wnid"], ["0", "1", "cat", "dog"]),
    json: wholeJson,
    read: (input) => {
      for (const { id, name } of parseClassNames(textOf(input)) ?? []) {
        if (typeof id !== "string" || typeof name !== "string") throw new Error("no text");
      }
      return Promise.resolve();
    },
    errors: [],
  },
  {
    name: "parts: Keras models",
    seeds: () => Promise.resolve([sequential(layers), functional(layers)].map(bytesOf)),
    json: wholeJson,
    read: async (input) => {
      const contents = { groups: [], metadata: {}, config: textOf(input) };
      (await readKerasModel({ ...contents, layout: "named" }, "net.keras")).layers();
    },
    errors: [WeightsError],
  },
  {
    name: "parts: descriptions of nets",
    seeds: () => Promise.resolve([bytesOf(description)]),
    json: wholeJson,
    read: (input) => {
      const { network } = fromMetadata({ vgg: textOf(input) })!;
      try {
        weightShapes(network);
      } catch (error) {
        // What the reader of a file says with the file's name.
        if (!(error instanceof OptionError)) throw error;
      }
      return Promise.resolve();
    },
    errors: [WeightsError],
  },
];
