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
message TensorProto { repeated bytes string_val = 8; }
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
      readonly tensor?: { readonly string_val: readonly Uint8Array[] };
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
  const names = Array.from(Deno.readDirSync(directory), ({ name }) => name).sort();
  const scalars = [], images = [];
  for (const name of names) {
    for (const record of records(await Deno.readFile(join(directory, name)))) {
      const decoded = eventType.toObject(eventType.decode(record), { longs: Number, arrays: true });
      const { step = 0, summary } = decoded as DecodedEvent;
      for (const { tag, simple_value: value, tensor, metadata } of summary?.value ?? []) {
        if (metadata?.plugin_data.plugin_name !== "images") scalars.push({ tag, step, value });
        else images.push({ tag, step, image: await imageOf(tensor?.string_val ?? []) });
      }
    }
  }
  return { scalars, images };
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
