import assert from "node:assert/strict";
import { startTensorFlow } from "../../../lib/engine/tensorflow/start.ts";

for (const name of ["TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"]) {
  Deno.test(`${name} is refused before TensorFlow is opened, if it is no number of threads`, async () => {
    const before = Deno.env.get(name);
    try {
      for (const value of ["-5", "100000", "1025", "abc", "1.5", "1e2", " 2"]) {
        Deno.env.set(name, value);
        await assert.rejects(startTensorFlow("no/such/library"), {
          name: "OptionError",
          message: `${name} must be a whole number up to 1024. Received: ${value}`,
        });
      }
      for (const value of ["", "0", "1", "1024"]) {
        Deno.env.set(name, value);
        await assert.rejects(startTensorFlow("no/such/library"), { name: "LibraryError" });
      }
    } finally {
      if (before === undefined) Deno.env.delete(name);
      else Deno.env.set(name, before);
    }
  });
}
