/**
 * Stand-ins for the processes of `train --workers`: an outer one, which starts an inner one, which
 * starts two workers, one of which is stopped. Each but the outer writes its process id into a file
 * of the folder.
 */

import { join } from "@std/path";
import { type ChildCommand, Children } from "../../lib/distributed/processes/children.ts";
import { endWithParent } from "../../lib/distributed/processes/exit_status.ts";
import { scriptWords, shellWorkers } from "./support.ts";

const [role, folder = "", parent] = Deno.args;

function generation(name: string): ChildCommand {
  const words = scriptWords("generations_process.ts", name, folder, String(Deno.pid));
  return { name, words, hasTerminal: false };
}

using children = new Children({ say: () => {} });
if (role !== "outer") Deno.writeTextFileSync(join(folder, role!), `${Deno.pid}\n`);
switch (role) {
  case "outer":
    await children.run([generation("inner")]);
    break;
  case "inner":
    endWithParent(Number(parent), () => {
      children.kill();
      Deno.exit(75);
    });
    await children.run([
      generation("worker"),
      ...shellWorkers(`echo $$ >'${join(folder, "stopped")}'; kill -STOP $$`),
    ]);
    break;
  default:
    endWithParent(Number(parent));
    await new Promise((resolve) => setTimeout(resolve, 1_000_000));
}
