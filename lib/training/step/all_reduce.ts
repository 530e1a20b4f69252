import type { AllReduce } from "../../engine/cluster.ts";
import { tf } from "../../engine/tf.ts";

/**
 * Bytes of a message: small ones cost more time than they take to send, large ones wait for more of the
 * backward pass and take much memory. `deno task bench-cluster` measures several sizes.
 */
export const defaultBucketBytes = 8 * 2 ** 20;

/**
 * The sums of tensors over all workers, in messages of several tensors, or several messages of a large
 * one. The last tensor goes first: it is that of the last layer, the first gradient that a backward
 * pass has.
 *
 * @param tensors Float32.
 */
export function allReduce(
  tensors: readonly tf.Tensor[],
  sums: Pick<AllReduce, "reduce">,
  messageBytes = defaultBucketBytes,
): tf.Tensor[] {
  return tf.tidy(() => {
    const summed = groupsOf(tensors, messageBytes).flatMap((group) => {
      const flat = group.map((tensor) => tensor.as1D());
      const sum = allReduceInChunks(
        flat.length === 1 ? flat[0]! : tf.concat1d(flat),
        sums,
        messageBytes,
      );
      const parts = flat.length === 1 ? [sum] : tf.split(sum, flat.map(({ size }) => size));
      return parts.map((part, index) => part.reshape(group[index]!.shape));
    });
    return summed.reverse();
  });
}

/** Neighbours that fit into one message, from the last tensor to the first; a larger one is by itself. */
export function groupsOf<Sized extends { readonly size: number }>(
  tensors: readonly Sized[],
  messageBytes: number,
): Sized[][] {
  const groups: Sized[][] = [];
  let room = 0;
  for (const tensor of [...tensors].reverse()) {
    const bytes = tensor.size * Float32Array.BYTES_PER_ELEMENT;
    if (bytes > room) groups.push([]);
    room = (bytes > room ? messageBytes : room) - bytes;
    groups.at(-1)!.push(tensor);
  }
  return groups;
}

/** The sum of a tensor in as many messages as it takes. */
function allReduceInChunks(
  flat: tf.Tensor1D,
  sums: Pick<AllReduce, "reduce">,
  messageBytes: number,
): tf.Tensor {
  const most = messageBytes / Float32Array.BYTES_PER_ELEMENT;
  if (flat.size <= most) return sums.reduce(flat);
  const sizes = Array.from(
    { length: Math.ceil(flat.size / most) },
    (_, index) => Math.min(most, flat.size - index * most),
  );
  return tf.concat(tf.split(flat, sizes).map((piece) => sums.reduce(piece)));
}
