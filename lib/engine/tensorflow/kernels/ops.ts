import { OptionError } from "../../../errors.ts";
import { tf } from "../../tf.ts";
import type { OpAttribute } from "../capi/attributes.ts";
import { TensorFlowError } from "../capi/c_api.ts";
import { currentBinding } from "../current_backend.ts";
import { flag, integer, text, typeOf } from "./attributes.ts";
import { runOpInTypes } from "./run.ts";

// Kernels that tfjs-node lacks, each of which is one op of TensorFlow's.

type Inputs = Readonly<Record<string, tf.Tensor & tf.Tensor[]>>;
type Attributes = Readonly<Record<string, number & boolean & string & number[] & string[]>>;

interface OpKernel {
  /** The op, if it has another name than the kernel. */
  readonly op?: (attributes: Attributes) => string;
  /** The names of the inputs, in the op's order. `:int64` follows what the op takes so. */
  readonly inputs: readonly string[];
  readonly attributes: (inputs: Inputs, attributes: Attributes) => readonly OpAttribute[];
  readonly outputs: number | ((attributes: Attributes) => number);
  /** Refuses inputs for which TensorFlow ends the process, or whose results int32 cannot hold. */
  readonly refuse?: (inputs: Inputs, attributes: Attributes) => void;
  /** Refuses results that int32 cannot hold. */
  readonly check?: (inputs: Inputs, results: readonly tf.Tensor[]) => void;
}

/** The number of non-negative 32-bit integers. */
const maxCount = 2 ** 31;

/** The number of elements in a shape. */
function countOf(shape: tf.Tensor): number {
  return shape.dataSync<"int32">().reduce((product, side) => product * side, 1);
}

/** The type attributes of ops with indices in 32 bits. */
const int32 = (...names: string[]): OpAttribute[] => names.map((name) => typeOf(name, "int32"));

const segments: OpKernel = {
  inputs: ["data", "indices", "segmentIds"],
  attributes: ({ data }) => [typeOf("T", data!.dtype), ...int32("Tidx", "Tsegmentids")],
  outputs: 1,
};

const kernels: Readonly<Record<string, OpKernel>> = {
  BitwiseAnd: { inputs: ["a", "b"], attributes: ({ a }) => [typeOf("T", a!.dtype)], outputs: 1 },
  RaggedGather: {
    inputs: ["paramsNestedSplits", "paramsDenseValues", "indices"],
    attributes: (inputs, { outputRaggedRank }) => [
      typeOf("Tvalues", inputs.paramsDenseValues!.dtype),
      ...int32("Tindices", "Tsplits"),
      integer("PARAMS_RAGGED_RANK", inputs.paramsNestedSplits!.length),
      integer("OUTPUT_RAGGED_RANK", outputRaggedRank!),
    ],
    outputs: ({ outputRaggedRank }) => outputRaggedRank! + 1,
    refuse: ({ paramsNestedSplits, indices }, { outputRaggedRank }) => {
      const rank = paramsNestedSplits!.length + indices!.shape.length - 1;
      if (outputRaggedRank === rank) return;
      throw new OptionError(
        `RaggedGather: outputRaggedRank must be ${rank}. Received: ${outputRaggedRank}`,
      );
    },
  },
  RaggedRange: {
    inputs: ["starts", "limits", "deltas"],
    attributes: ({ starts }) => [typeOf("T", starts!.dtype), ...int32("Tsplits")],
    outputs: 2,
  },
  RaggedTensorToTensor: {
    inputs: ["shape", "values", "defaultValue", "rowPartitionTensors"],
    attributes: ({ values, rowPartitionTensors }, { rowPartitionTypes }) => [
      typeOf("T", values!.dtype),
      ...int32("Tindex", "Tshape"),
      integer("num_row_partition_tensors", rowPartitionTensors!.length),
      text("row_partition_types", rowPartitionTypes!),
    ],
    outputs: 1,
  },
  SearchSorted: {
    op: ({ side }) => side === "left" ? "LowerBound" : "UpperBound",
    inputs: ["sortedSequence", "values"],
    attributes: ({ values }) => [typeOf("T", values!.dtype), ...int32("out_type")],
    outputs: 1,
  },
  SparseFillEmptyRows: {
    inputs: ["indices:int64", "values", "denseShape:int64", "defaultValue"],
    attributes: ({ values }) => [typeOf("T", values!.dtype)],
    outputs: 4,
  },
  SparseReshape: {
    inputs: ["inputIndices:int64", "inputShape:int64", "newShape:int64"],
    attributes: () => [],
    outputs: 2,
    check: ({ inputShape }, [, newShape]) => {
      // A function that is recorded has no values yet.
      if (currentBinding().tracer || countOf(inputShape!) === countOf(newShape!)) return;
      throw new OptionError(`SparseReshape: a side must be less than ${maxCount}`);
    },
  },
  SparseSegmentMean: segments,
  SparseSegmentSum: segments,
  StringNGrams: {
    inputs: ["data", "dataSplits"],
    attributes: (_, attributes) => [
      ...int32("Tsplits"),
      text("separator", attributes.separator!),
      integer("ngram_widths", attributes.nGramWidths!),
      text("left_pad", attributes.leftPad!),
      text("right_pad", attributes.rightPad!),
      integer("pad_width", attributes.padWidth!),
      flag("preserve_short_sequences", attributes.preserveShortSequences!),
    ],
    outputs: 2,
  },
  StringSplit: {
    inputs: ["input", "delimiter"],
    attributes: (_, { skipEmpty }) => [flag("skip_empty", skipEmpty!)],
    outputs: 3,
  },
  StringToHashBucketFast: {
    inputs: ["input"],
    attributes: (_, { numBuckets }) => [integer("num_buckets", numBuckets!)],
    outputs: 1,
    refuse: (_, { numBuckets }) => {
      if (numBuckets! <= maxCount) return;
      throw new OptionError(
        `StringToHashBucketFast: numBuckets must be at most ${maxCount}. Received: ${numBuckets}`,
      );
    },
  },
};

/** A kernel that counts how often each number occurs, in each row or in all. */
const denseBincount: tf.KernelConfig = {
  kernelName: "DenseBincount",
  backendName: "tensorflow",
  kernelFunc: ({ inputs, attrs }) => {
    const { x, weights } = inputs as unknown as Inputs;
    const size = tf.scalar(attrs?.size as number, "int32");
    const attributes = [
      ...int32("Tidx"),
      typeOf("T", weights!.dtype),
      flag("binary_output", attrs?.binaryOutput === true),
    ];
    const given = [{ tensor: x! }, { tensor: size }, { tensor: weights! }];
    try {
      return run("DenseBincount", attributes, given, 1)[0]!;
    } finally {
      size.dispose();
    }
  },
};

/** The kernels for ragged and sparse tensors, for strings, and a few others. */
export const opKernels: readonly tf.KernelConfig[] = [
  ...Object.entries(kernels).map(([kernelName, kernel]) => opKernel(kernelName, kernel)),
  denseBincount,
];

function opKernel(kernelName: string, kernel: OpKernel): tf.KernelConfig {
  return {
    kernelName,
    backendName: "tensorflow",
    kernelFunc: (args) => {
      // The boundary to TensorFlow.js: its types know neither lists among inputs nor attributes.
      const inputs = args.inputs as unknown as Inputs;
      const attributes = (args.attrs ?? {}) as unknown as Attributes;
      const { op, outputs } = kernel;
      kernel.refuse?.(inputs, attributes);
      const given = kernel.inputs.flatMap((named) => {
        const [name = "", as] = named.split(":") as [string, "int64"?];
        return [inputs[name]!].flat().map((tensor: tf.Tensor) => ({ tensor, as }));
      });
      const results = run(
        op?.(attributes) ?? kernelName,
        kernel.attributes(inputs, attributes),
        given,
        typeof outputs === "number" ? outputs : outputs(attributes),
      );
      try {
        kernel.check?.(inputs, results);
      } catch (error) {
        tf.dispose(results);
        throw error;
      }
      return outputs === 1 ? results[0]! : results;
    },
  };
}

/**
 * Runs an op whose errors are TensorFlow.js's too, word for word, but for the op's name in front and for
 * the names of inputs.
 */
function run(...[op, attributes, inputs, outputs]: Parameters<typeof runOpInTypes>): tf.Tensor[] {
  try {
    return runOpInTypes(op, attributes, inputs, outputs);
  } catch (error) {
    if (!(error instanceof TensorFlowError)) throw error;
    const { code, message } = error;
    const words = message.replace(`${op}: `, "").replaceAll("'segment_ids'", "segmentIds");
    throw new TensorFlowError(code, words);
  }
}
