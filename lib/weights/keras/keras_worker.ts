import { parentPort } from "node:worker_threads";
import { WeightsError } from "../errors.ts";
import { type KerasFile, readKerasFile } from "./keras_arrays.ts";
import type { KerasRequest, KerasResponse } from "./keras_thread.ts";

let file: KerasFile | undefined;

parentPort?.on("message", async (request: KerasRequest) => {
  try {
    const response = await respond(request);
    if (!response) return;
    parentPort?.postMessage(response, "values" in response ? [response.values.buffer] : []);
  } catch (error) {
    const { message } = error as Error;
    const isFatal = !(error instanceof WeightsError);
    parentPort?.postMessage({ error: message, isFatal } satisfies KerasResponse);
  }
});

async function respond(request: KerasRequest): Promise<KerasResponse | undefined> {
  if (request === "close") {
    file?.[Symbol.dispose]();
    file = undefined;
    return undefined;
  }
  if ("path" in request) {
    file = await readKerasFile(request);
    const { [Symbol.dispose]: _, ...contents } = file;
    const groups = contents.groups.map((group) => ({
      ...group,
      arrays: group.arrays.map(({ name, shape, type }) => ({ name, shape, type })),
    }));
    return { ...contents, groups };
  }
  const { group, array, from, to, into } = request;
  const read = file!.groups[group]!.arrays[array]!.rows(from, to);
  // libhdf5's wrapper gives the value of a scalar.
  const rows = typeof read === "number" ? [read] : read;
  const values = new Float32Array(into, 0, rows.length);
  values.set(rows);
  return { values };
}
