import type { Evaluation } from "../../runs/schemas.ts";
import type { RunRecord } from "../../runs/run_record.ts";
import type { ExportFormatName } from "../../weights/export/export_weights.ts";
import { showsTop5 } from "../../runs/display/evaluation.ts";
import { topInterval } from "../sections/overview.ts";

/** A result in a model card's header. */
export interface CardResult {
  readonly task: { readonly type: string; readonly name: string };
  readonly dataset: { readonly type: string; readonly name: string; readonly split?: string };
  readonly metrics: readonly {
    readonly type: string;
    readonly value: number;
    readonly name: string;
  }[];
}

/** The YAML header of a model card. A license is not recorded, so none is named. */
export interface CardMetadata {
  readonly library_name?: string;
  readonly pipeline_tag: "image-classification";
  readonly tags: readonly string[];
  readonly datasets?: readonly string[];
  readonly metrics?: readonly string[];
  readonly "model-index"?: readonly {
    readonly name: string;
    readonly results: readonly CardResult[];
  }[];
}

/** The hub's tags and library of each format. */
const formatTags: Readonly<Record<ExportFormatName, readonly string[]>> = {
  safetensors: ["safetensors"],
  torchvision: ["pytorch", "safetensors"],
  keras: ["keras", "tensorflow"],
  "saved-model": ["tensorflow", "tf"],
  tfjs: ["tfjs"],
  onnx: ["onnx"],
};

/** The hub's ids of the data sets that can be downloaded, by their names here. */
const hubDatasets: Readonly<Record<string, string>> = {
  cifar10: "uoft-cs/cifar10",
  cifar100: "uoft-cs/cifar100",
  imagenette: "frgfm/imagenette",
  imagenette160: "frgfm/imagenette",
  imagenette320: "frgfm/imagenette",
  "tiny-imagenet": "zh-plus/tiny-imagenet",
};

/** Makes the header of a card. Without a run, it has only the formats. */
export function cardMetadata(
  formats: readonly ExportFormatName[],
  record: RunRecord | undefined,
  evaluation: Evaluation | undefined,
): CardMetadata {
  // A folder of the user's may have the same name as a data set.
  const dataset = record && hubDatasets[record.data.source];
  return {
    ...(formats.includes("keras") ? { library_name: "keras" } : {}),
    pipeline_tag: "image-classification",
    tags: [
      ...["image-classification", "vision", "vgg"],
      ...new Set(formats.flatMap((format) => formatTags[format])),
    ],
    ...(dataset ? { datasets: [dataset] } : {}),
    ...(record && evaluation
      ? {
        metrics: ["accuracy"],
        "model-index": [{ name: record.name, results: [resultOf(record, evaluation)] }],
      }
      : {}),
  };
}

function resultOf({ data }: RunRecord, evaluation: Evaluation): CardResult {
  const { split, top1, top5 } = evaluation;
  const name = evaluation.data?.name ?? data.name;
  const source = evaluation.data?.source ?? data.source;
  return {
    task: { type: "image-classification", name: "Image Classification" },
    dataset: {
      type: hubDatasets[source] ?? slug(name),
      name,
      ...(split === "all" ? {} : { split }),
    },
    metrics: [
      {
        type: "accuracy",
        value: rounded(top1),
        name: `Top-1 accuracy (95 % interval: ${topInterval(evaluation)})`,
      },
      ...(showsTop5(evaluation)
        ? [{ type: "accuracy", value: rounded(top5), name: "Top-5 accuracy" }]
        : []),
    ],
  };
}

function rounded(fraction: number): number {
  return Number(fraction.toFixed(6));
}

/** A data set's id may have letters, digits and `-_.` only. */
function slug(name: string): string {
  return name.toLowerCase().replace(/[^\w.-]+/g, "-").replace(/^-+|-+$/g, "") || "unnamed";
}
