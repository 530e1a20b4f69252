import { defaultBucketBytes } from "../../../lib/training/step/all_reduce.ts";
import type { Section } from "../document.ts";
import { figures } from "../report.ts";
import type { Measured } from "./measure.ts";
import { messagesSection } from "./messages.ts";
import {
  card,
  exchangeSeconds,
  type Link,
  type Machine,
  ownPrecision,
  planTable,
  wireAlone,
} from "./plan.ts";
import { statisticsSection } from "./statistics.ts";
import { stepsSection } from "./steps.ts";
import { linkOf, sumsSection } from "./sums.ts";

/** The document: the plan first, and after it the measurements that it rests on. */
export function scalingSections(
  { machine, sums, steps, messages, obstacle, statistics }: Measured,
): Section[] {
  const link = linkOf(sums.find(({ workers }) => workers === 2)!);
  return [
    {
      title: "VGG16 at 224 px on machines like this one",
      about: aboutMachine(machine),
      table: planTable(machine, link),
    },
    {
      title: "On machines with a card each",
      about: aboutCard(link),
      table: planTable(card, wireAlone),
    },
    sumsSection(sums),
    stepsSection(steps),
    messagesSection(messages, obstacle),
    statisticsSection(statistics, link),
  ];
}

function aboutMachine({ constant, perImage }: Machine): string {
  return "Computed. A cell shows the time of a step, the images per second of all machines, and their " +
    "share of what the machines would reach without an exchange. A step here, in " +
    `${ownPrecision}, was measured to take ${figures(constant)} s and ${
      figures(perImage)
    } s per image. ` +
    `Gradients go around a ring in messages of ${
      defaultBucketBytes / 2 ** 20
    } MiB during the backward ` +
    "pass, which takes two thirds of the time for the images. Nine tenths of the gradients belong to " +
    "the fully connected layers, which the backward pass computes first, so sending overlaps all of " +
    "it: a step takes the longer of the backward pass and sending, plus the forward pass and the " +
    "update. A byte is sent at the speed of the wire, or of the core that runs TensorFlow's gRPC, as " +
    "measured below, whichever is slower; that core does not compute meanwhile. From some Gbit/s on " +
    "the core is slower, and faster wires change nothing.";
}

function aboutCard(link: Link): string {
  return "Computed, and untested: only one card was available. One NVIDIA H200 trains VGG16 at " +
    `${figures(1 / card.perImage)} images per second ([cards.md](cards.md), bfloat16, batch 64); ` +
    "smaller batches use it less well, which is ignored here. The exchange is that of a wire alone, " +
    "with 50 µs assumed per hop. NCCL comes close to that, and TensorFlow uses it by the communication " +
    "hint if it has it. Through gRPC, as measured below, each step would wait " +
    `${figures(exchangeSeconds(64, link))} s for 64 machines, whatever the wire.`;
}
