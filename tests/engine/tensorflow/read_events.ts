import { join } from "@std/path";
import protobuf from "protobufjs";
import type { Image } from "../../../lib/data/dataset.ts";
import { decodeImage } from "../../../lib/data/images/decode.ts";

/** The parts of `event.proto` and `summary.proto` that this file reads. */
const schema = `
syntax = "proto3";
message Event { int64 step = 2; Summary summary = 5; }
message Summary {
  message Value {
    string tag = 1;
    float simple_value = 2;
    TensorProto tensor = 8;
    SummaryMetadata metadata = 9;
  }
  repeated Value value = 1;
}
message TensorProto { bytes tensor_content = 4; repeated float float_val = 5; repeated bytes string_val = 8; }
message SummaryMetadata {
  message PluginData { string plugin_name = 1; }
  PluginData plugin_data = 1;
}`;
const eventType = protobuf.parse(schema, { keepCase: true }).root.lookupType("Event");

interface DecodedEvent {
  readonly step: number;
  readonly summary?: {
    readonly value: readonly {
      readonly tag: string;
      readonly simple_value: number;
      readonly tensor?: {
        readonly tensor_content?: Uint8Array;
        readonly float_val: readonly number[];
        readonly string_val: readonly Uint8Array[];
      };
      readonly metadata?: { readonly plugin_data: { readonly plugin_name: string } };
    }[];
  };
}

/** The content of a folder's event files, in the order in which it was written. */
export interface Events {
  readonly scalars: readonly { tag: string; step: number; value: number }[];
  readonly images: readonly { tag: string; step: number; image: Image }[];
}

/** Reads the event files of one folder. */
export async function readEvents(directory: string): Promise<Events> {
  const scalars = [], images = [];
  for (const { tag, step, simple_value: value, tensor, plugin } of await valuesIn(directory)) {
    if (plugin !== "images") scalars.push({ tag, step, value });
    else images.push({ tag, step, image: await imageOf(tensor?.string_val ?? []) });
  }
  return { scalars, images };
}

/** A histogram: the left edge, the right edge and the count of each bucket. */
export interface Histogram {
  readonly tag: string;
  readonly step: number;
  readonly buckets: readonly (readonly number[])[];
}

/** Reads the histograms in the event files of one folder, which are float32. */
export async function readHistograms(directory: string): Promise<readonly Histogram[]> {
  const values = await valuesIn(directory);
  return values.filter(({ plugin }) => plugin === "histograms").map(({ tag, step, tensor }) => {
    const { tensor_content: bytes, float_val: listed } = tensor!;
    const numbers = bytes?.length
      ? [...new Float32Array(bytes.slice().buffer as ArrayBuffer)]
      : listed;
    return {
      tag,
      step,
      buckets: numbers.flatMap((_, at) => at % 3 === 0 ? [numbers.slice(at, at + 3)] : []),
    };
  });
}

type SummaryValue = NonNullable<DecodedEvent["summary"]>["value"][number];

/** The summaries in the event files of one folder, each with its step and the plugin that shows it. */
async function valuesIn(
  directory: string,
): Promise<readonly (SummaryValue & { readonly step: number; readonly plugin?: string })[]> {
  const values = [];
  // Names end with the process's number of the writer: 9 comes before 10.
  const { compare } = new Intl.Collator("en", { numeric: true });
  for (const name of Array.from(Deno.readDirSync(directory), ({ name }) => name).sort(compare)) {
    for (const record of records(await Deno.readFile(join(directory, name)))) {
      const decoded = eventType.toObject(eventType.decode(record), { longs: Number, arrays: true });
      const { step = 0, summary } = decoded as DecodedEvent;
      for (const value of summary?.value ?? []) {
        const plugin = value.metadata?.plugin_data.plugin_name;
        values.push({ ...value, step, ...(plugin === undefined ? {} : { plugin }) });
      }
    }
  }
  return values;
}

/** The records of a `TFRecord` file: 8 bytes of length, 4 of its CRC, the record, 4 of its CRC. */
function* records(file: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(file.buffer);
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true));
    yield file.subarray(at + 12, at + 12 + length);
    at += 16 + length;
  }
}

/** Decodes the image of a summary, and checks that its PNG has the size that the summary states. */
async function imageOf([width, height, png]: readonly Uint8Array[]): Promise<Image> {
  const image = await decodeImage(new Uint8Array(png ?? []));
  const stated = [width, height].map((bytes) => new TextDecoder().decode(bytes));
  if (stated.join() !== [image.width, image.height].join()) {
    throw new Error(`the summary of an image of ${image.width} × ${image.height} states ${stated}`);
  }
  return image;
}
