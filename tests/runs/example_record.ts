import type { RunRecord } from "../../lib/runs/run_record.ts";

/** What `run.json` says of a small run that has just begun. */
export const exampleRecord: Omit<RunRecord, "name"> = {
  created: "2026-01-01T00:00:00.000Z",
  status: "running",
  data: {
    name: "tiny",
    source: "tiny",
    classes: [{ id: "a", name: "a" }, { id: "b", name: "b" }],
    train: 24,
    validation: 8,
    fit: { mode: "stretch", size: 32 },
    normalization: { kind: "rescale", mean: [0, 0, 0], deviation: [255, 255, 255] },
    broken: [],
  },
  model: { configuration: "A", inputSize: 32, classes: 2 },
  parameters: 100,
  recipe: { name: "fast", epochs: 3, batchSize: 8 },
  microBatch: 8,
  seed: 1,
  precision: "float32",
  engine: { name: "cpu", version: "4.22.0", devices: ["CPU"] },
  versions: { vgg: "0.1.0" },
  hardware: {},
  warnings: [],
};
