import assert from "node:assert/strict";
import { classOrders } from "../../../lib/report/sections/class_orders.ts";
import { evaluationOf } from "../../figures/support.ts";

Deno.test("classOrders() sorts by accuracy and by name, and puts confused classes side by side", () => {
  const classes = ["d", "c", "b", "a"].map((name) => ({ id: name, name }));
  const confusion = [
    [6, 0, 0, 4], // d, taken for a
    [0, 9, 1, 0],
    [0, 2, 8, 0],
    [5, 0, 0, 5],
  ];
  assert.deepEqual(classOrders(evaluationOf(confusion, classes)), {
    "of the data set": [0, 1, 2, 3],
    "most accurate first": [1, 2, 0, 3],
    "by name": [3, 2, 1, 0],
    "most confused side by side": [0, 3, 1, 2],
  });
});
