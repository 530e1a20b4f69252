import assert from "node:assert/strict";
import { initializationTable } from "./initialization_report.ts";

Deno.test("initializationTable() tells how signals and losses went, and where a net blew up", () => {
  const signals = [{ name: "block1_conv1", strength: 24.91 }, { name: "fc2", strength: 1e-4 }];
  const lines = initializationTable([
    {
      ...{ recipe: "paper", net: "E", start: "he", input: 60, signals },
      plain: { blownUpAt: 3 },
      clipped: { first: 247.4, last: 2.3026 },
    },
    {
      ...{ recipe: "paper", net: "A", start: "paper", input: 60, signals },
      plain: { blownUpAt: 1 },
      clipped: { blownUpAt: 2 },
    },
  ]).replace(/ +/g, " ").split("\n");
  assert.equal(lines[2], "| E | He | 24.9 | 1.0e-4 | 247 | no number at step 3 | 2.30 |");
  assert.match(lines[3]!, /^\| A \| N\(0, 10⁻²\) \| .* \| unknown \| no .* 1 \| no .* 2 \|$/);
});
