import { tf } from "../../tf.ts";
import { flag, text, typeOf } from "./attributes.ts";
import type { KernelOverride } from "./override.ts";
import { runOp, runOpInTypes } from "./run.ts";

// TensorFlow compares strings only for equality. Their order is computed here, from their bytes.

/** Whether strings are in an order. Bytes of UTF-8 are in the order of Unicode's code points. */
const ordered = (isOrdered: (order: tf.Tensor) => tf.Tensor): KernelOverride => ({ inputs }) => {
  const { a, b } = inputs as Record<string, tf.Tensor>;
  return a?.dtype === "string" ? tf.tidy(() => isOrdered(compare(a, b!))) : undefined;
};

/** The comparisons by kernel. */
export const stringOrder: Readonly<Record<string, KernelOverride>> = {
  Greater: ordered((order) => order.greater(zero())),
  GreaterEqual: ordered((order) => order.greaterEqual(zero())),
  Less: ordered((order) => order.less(zero())),
  LessEqual: ordered((order) => order.lessEqual(zero())),
};

/** The minimum number of classes of `tf.oneHot()`. */
const minDepth = 2;

const zero = (): tf.Scalar => tf.scalar(0, "int32");

/** Less than 0 where `a` comes before `b`, 0 where they are the same, and more than 0 elsewhere. */
function compare(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const [lengthA, lengthB] = [a, b].map((strings) =>
    runOp("StringLength", [text("unit", "BYTE")], [strings])
  );
  const longest = tf.scalar(minDepth, "int32").maximum(lengthA!.max()).maximum(lengthB!.max());
  const difference = bytesOf(a, longest).sub(bytesOf(b, longest));
  const first = difference.notEqual(zero()).cast("int32").argMax(-1);
  // All zeros where one string begins with the other.
  const atFirst = difference.mul(tf.oneHot(first, difference.shape.at(-1)!, 1, 0, "int32")).sum(-1);
  return tf.where(atFirst.equal(zero()), lengthA!.sub(lengthB!), atFirst);
}

/** The bytes along a last axis, filled up with zeros. */
function bytesOf(strings: tf.Tensor, length: tf.Tensor): tf.Tensor {
  const attributes = [typeOf("out_type", "uint8"), flag("little_endian", true)];
  const inputs = [{ tensor: strings }, { tensor: length }];
  return runOpInTypes("DecodePaddedRaw", attributes, inputs, 1)[0]!;
}
