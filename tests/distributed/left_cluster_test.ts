import { allWell, testOfWorkers, times } from "./in_cluster.ts";
import { scriptWords } from "./support.ts";

testOfWorkers(
  "useEngine() refuses another cluster, and any after the engine left its own",
  async () => {
    await allWell({ words: times(2, scriptWords("left_cluster_process.ts")) });
  },
);
