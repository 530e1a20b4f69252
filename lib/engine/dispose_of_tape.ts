import { tf } from "./tf.ts";

/** Frees what operations kept for a gradient that an error prevented; TensorFlow.js does not. */
export function disposeOfTape(): void {
  const { state } = tf.engine();
  if (state.gradientDepth > 0 || !state.activeTape) return;
  for (const { saved } of state.activeTape) tf.dispose(saved ?? []);
  state.activeTape = [];
}
