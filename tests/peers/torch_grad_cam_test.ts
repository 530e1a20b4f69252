import { useEngine } from "../../lib/engine/use_engine.ts";
import { assertClose } from "../assert_close.ts";
import {
  assertExplainsAs,
  type Case,
  type Explained,
  goldenCases,
} from "../explain/formula_net.ts";
import { peersPython, peersWanted, runScript, testWithPeers } from "./environment.ts";

if (peersWanted) await useEngine();

/** PyTorch's maps and gradients for some cases, which tests/peers/torch_grad_cam.py makes. */
async function torchExplains(cases: readonly Case[]): Promise<readonly Explained[]> {
  const python = await peersPython(["torch"]);
  return JSON.parse(await runScript(python, "torch_grad_cam.py", JSON.stringify(cases))).cases;
}

const larger: Case[] = [
  {
    network: { configuration: "B", inputSize: 96, width: 0.25, classes: 10, batchNorm: true },
    labels: [7],
  },
  { network: { configuration: "D", inputSize: 224, width: 0.125, classes: 20 }, labels: [3] },
];

testWithPeers("PyTorch explains larger nets in the same way", async () => {
  const made = await torchExplains(larger);
  for (const [index, tested] of larger.entries()) await assertExplainsAs(tested, made[index]!);
});

testWithPeers("PyTorch still gives the committed maps and gradients", async () => {
  const made = await torchExplains(goldenCases);
  goldenCases.forEach((committed, index) => {
    const { gradCAM, guided, guidedGradCAM } = made[index]!;
    assertClose(gradCAM.flat(2), committed.gradCAM.flat(2), 1e-5);
    assertClose(guided, committed.guided, 1e-5);
    assertClose(guidedGradCAM, committed.guidedGradCAM, 1e-5);
  });
});
