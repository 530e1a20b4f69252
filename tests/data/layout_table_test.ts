import assert from "node:assert/strict";
import { layoutTable, tableInReadme } from "./layout_table.ts";

Deno.test("data/README.md shows every layout with its tree", async () => {
  const plain = (table: string): string => table.replaceAll(/ +/g, " ").replaceAll(/-{2,}/g, "---");
  assert.equal(plain(await tableInReadme()), plain(layoutTable()));
});
