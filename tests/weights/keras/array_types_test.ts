import assert from "node:assert/strict";
import { layersByRank } from "../../../lib/weights/keras/keras_layers.ts";
import { rowArray } from "../../../lib/weights/weights_file.ts";

Deno.test("layersByRank() refuses numbers that are no floats of HDF5, and says what may have been meant", () => {
  const array = (type: string) => ({
    ...rowArray([3, 3, 3, 8], () => Promise.resolve(new Float32Array())),
    ...{ name: "kernel", type },
  });
  const read = (type: string): unknown =>
    layersByRank([{ path: ["conv"], arrays: [array(type)] }]).convolutions.length;
  assert.equal(read("<e"), 1);
  // Keras stores bfloat16 as a type that HDF5 does not know.
  assert.throws(
    () => read("unknown"),
    /^WeightsError: the arrays of its layer conv must be .* Received: unknown, as HDF5 has no bfloat16; save .*mixed_bfloat16$/,
  );
  assert.throws(() => read("<h8"), /Received: <h8$/);
});
