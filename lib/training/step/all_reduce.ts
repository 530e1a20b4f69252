import type { AllReduce } from "../../engine/cluster.ts";
import { tf } from "../../engine/tf.ts";

/**
 * The size of a message in bytes. Small messages have more overhead; large ones wait for more of the
 * backward pass and take much memory. `deno task dev:bench-cluster` measures several sizes.
 */
export const defaultBucketBytes = 8 * 2 ** 20;

/**
 * Sums tensors over all workers. A message holds several small tensors; a large tensor takes several
 * messages. The last tensor is sent first: it belongs to the last layer, whose gradient the backward pass
 * computes first.
 *
 * @param tensors Float32.
 */
export function allReduce(
  tensors: readonly tf.Tensor[],
  reducer: Pick<AllReduce, "reduce">,
  messageBytes = defaultBucketBytes,
): tf.Tensor[] {
  return tf.tidy(() => {
    const summed = groupsOf(tensors, messageBytes).flatMap((group) => {
      const flat = group.map((tensor) => tensor.as1D());
      const total = allReduceInChunks(
        flat.length === 1 ? flat[0]! : tf.concat1d(flat),
        reducer,
        messageBytes,
      );
      const parts = flat.length === 1 ? [total] : tf.split(total, flat.map(({ size }) => size));
      return parts.map((part, index) => part.reshape(group[index]!.shape));
    });
    return summed.reverse();
  });
}

/** Groups neighbors that fit into one message, from the last tensor to the first; a larger tensor is a group of its own. */
export function groupsOf<Sized extends { readonly size: number }>(
  tensors: readonly Sized[],
  messageBytes: number,
): Sized[][] {
  const groups: Sized[][] = [];
  let freeBytes = 0;
  for (const tensor of [...tensors].reverse()) {
    const bytes = tensor.size * Float32Array.BYTES_PER_ELEMENT;
    if (bytes > freeBytes) groups.push([]);
    freeBytes = (bytes > freeBytes ? messageBytes : freeBytes) - bytes;
    groups.at(-1)!.push(tensor);
  }
  return groups;
}

/** Sums a tensor over all workers, in as many messages as it needs. */
function allReduceInChunks(
  flat: tf.Tensor1D,
  reducer: Pick<AllReduce, "reduce">,
  messageBytes: number,
): tf.Tensor {
  const maxSize = messageBytes / Float32Array.BYTES_PER_ELEMENT;
  if (flat.size <= maxSize) return reducer.reduce(flat);
  const sizes = Array.from(
    { length: Math.ceil(flat.size / maxSize) },
    (_, index) => Math.min(maxSize, flat.size - index * maxSize),
  );
  return tf.concat(tf.split(flat, sizes).map((piece) => reducer.reduce(piece)));
}
