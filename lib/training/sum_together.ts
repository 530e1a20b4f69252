import type { Sums } from "../engine/cluster.ts";
import { tf } from "../engine/tf.ts";

/** Bytes of a message: many small ones cost more time than they take to send. */
export const usualMessageBytes = 32 * 2 ** 20;

/**
 * The sums of tensors over all workers, in messages of several tensors. The last tensor goes first: it
 * is that of the last layer, the first gradient that a backward pass has.
 *
 * @param tensors Float32.
 */
export function sumTogether(
  tensors: readonly tf.Tensor[],
  sums: Pick<Sums, "sum">,
  messageBytes = usualMessageBytes,
): tf.Tensor[] {
  return tf.tidy(() => {
    const summed = messagesOf(tensors, messageBytes).flatMap((message) =>
      sumMessage(message, sums)
    );
    return summed.reverse();
  });
}

/** Neighbours in one message, from the last tensor to the first; a larger one has its own. */
export function messagesOf<Sized extends { readonly size: number }>(
  tensors: readonly Sized[],
  messageBytes: number,
): Sized[][] {
  const messages: Sized[][] = [];
  let room = 0;
  for (const tensor of [...tensors].reverse()) {
    const bytes = tensor.size * Float32Array.BYTES_PER_ELEMENT;
    if (bytes > room) messages.push([]);
    room = (bytes > room ? messageBytes : room) - bytes;
    messages.at(-1)!.push(tensor);
  }
  return messages;
}

function sumMessage(message: readonly tf.Tensor[], sums: Pick<Sums, "sum">): tf.Tensor[] {
  const flat = message.map((tensor) => tensor.as1D());
  const sum = sums.sum(flat.length === 1 ? flat[0]! : tf.concat1d(flat));
  const parts = flat.length === 1 ? [sum] : tf.split(sum, flat.map(({ size }) => size));
  return parts.map((part, index) => part.reshape(message[index]!.shape));
}
