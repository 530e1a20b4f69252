/** Trains in a process of its own, by the options in its argument, as JSON. */
import { train } from "../../lib/training/train.ts";

await train(JSON.parse(Deno.args[0]!));
