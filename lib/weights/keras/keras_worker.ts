import { parentPort } from "node:worker_threads";
import { WeightsError } from "../errors.ts";
import { type KerasFile, openKerasFile } from "./keras_arrays.ts";
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
    file = await openKerasFile(request.path);
    const layers = [...file.layers].map(([name, arrays]) =>
      [name, arrays.map(({ shape }) => shape)] as const
    );
    return { layers, metadata: file.metadata };
  }
  const { layer, array, from, to, into } = request;
  const rows = file!.layers.get(layer)![array]!.rows(from, to);
  const values = new Float32Array(into, 0, rows.length);
  values.set(rows);
  return { values };
}
