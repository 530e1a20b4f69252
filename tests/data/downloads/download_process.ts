/** Downloads a set, as a process of its own: its JSON and the folder are the arguments. */
import { download } from "../../../lib/data/downloads/download.ts";

const [set, root] = Deno.args;
await download(JSON.parse(set!), { root: root! });
