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
  return "Computed. A cell is the time of a step, the images a second of all machines, and its share of " +
    "as many machines that exchange nothing. A step here, computed in " +
    `${ownPrecision}, was measured to take ${figures(constant)} s and ${
      figures(perImage)
    } s for each image. ` +
    `Gradients go around a ring in messages of ${
      defaultBucketBytes / 2 ** 20
    } MiB during the backward ` +
    "pass, which is two thirds of what images cost. Nine tenths of them are those of the fully " +
    "connected layers, which it computes first, so sending overlaps all of it: a step takes what is " +
    "longer, the backward pass or sending, and before and after it the forward pass and the update. A " +
    "byte goes at the pace of the wire or of a core that works for TensorFlow's gRPC, as measured below, " +
    "whichever is slower; that core is taken from computing. From some Gbit/s on the core is the slower " +
    "one, and faster wires change nothing.";
}

function aboutCard(link: Link): string {
  return "Computed, and untested: there was never more than one card. One NVIDIA H200 trains VGG16 at " +
    `${
      figures(1 / card.perImage)
    } images a second ([docs/cards.md](cards.md), bfloat16, batch 64); ` +
    "what smaller batches waste of it is left out. The exchange is that of a wire alone, with 50 µs " +
    "assumed for a hop: NCCL comes near to that, which TensorFlow takes by its communication hint where " +
    "it has it. Through gRPC, as measured below, each step would wait " +
    `${figures(exchangeSeconds(64, link))} s for 64 machines, whatever the wire.`;
}
