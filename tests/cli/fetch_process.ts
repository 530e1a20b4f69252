/** Downloads published weights into a folder, as the tasks do. */

import { endWithError } from "../../lib/cli/errors.ts";
import { interruptible } from "../../lib/cli/interrupt.ts";
import { fetchPublished } from "../../lib/weights/published.ts";

const [root = ""] = Deno.args;

try {
  await interruptible((signal) => fetchPublished("imagenet-keras", { root, signal }));
} catch (error) {
  endWithError(error);
}
