import assert from "node:assert/strict";
import { parseClassNames } from "../../../lib/weights/classes/parse_class_names.ts";

const cat = { id: "cat", name: "cat" };
const dog = { id: "dog", name: "dog" };
const tench = { id: "n01440764", name: "tench" };
const shark = { id: "n01484850", name: "great white shark" };

const texts: readonly (readonly [string, string, unknown])[] = [
  ["a name a line", "cat\r\ndog\n\n", [cat, dog]],
  ["a byte-order mark", "\ufeffcat\ndog", [cat, dog]],
  ["names with commas", "hot dog, red\ndog", [{ id: "hot dog, red", name: "hot dog, red" }, dog]],
  ["numbers in front", "0 cat\n1 dog", [cat, dog]],
  ["numbers from 1 in any order", "2\tdog\n1\tcat", [cat, dog]],
  ["a dictionary of Python", "{0: 'cat',\n 1: 'dog'}", [cat, dog]],
  ["names that are numbers", "7\n9", [{ id: "7", name: "7" }, { id: "9", name: "9" }]],
  [
    "wnids",
    "n01440764 tench, Tinca tinca\nn01484850 great white shark, white shark, man-eater",
    [tench, shark],
  ],
  ["a list", '["cat", "dog"]', [cat, dog]],
  ["pairs", '[["n01440764", "tench"], ["n01484850", "great white shark"]]', [tench, shark]],
  ["numbered pairs", '{"1": ["n01484850", "great white shark"], "0": ["n01440764", "tench"]}', [
    tench,
    shark,
  ]],
  ["numbered names", '{"0": "cat", "1": "dog"}', [cat, dog]],
  [
    "ten and more",
    JSON.stringify(Object.fromEntries([..."abcdefghijkl"].map((one, at) => [at, one]))),
    [
      ..."abcdefghijkl",
    ].map((one) => ({ id: one, name: one })),
  ],
  ["torchvision's class_to_idx", '{"dog": 1, "cat": 0}', [cat, dog]],
  ["objects", '[{"id": 5, "name": "cat"}]', [{ id: "5", name: "cat" }]],
  ["a table", "index,name\n1,dog\n0,cat", [cat, dog]],
  ["a table of names", "name\ncat\ndog", [cat, dog]],
  ["a table with ids", "class_index;wnid;class_name\n0;n01440764;tench", [tench]],
  ["a table with quotes", 'id,name\n0,"cat"\n1,"dog"', [cat, dog]],
  ["numbers with a gap", '{"0": "cat", "2": "dog"}', undefined],
  ["JSON of anything else", '{"cat": {"0": 1}}', undefined],
  ["nothing", " \n", undefined],
];

for (const [name, text, classes] of texts) {
  Deno.test(`parseClassNames() reads ${name}`, () => {
    assert.deepEqual(parseClassNames(text), classes);
  });
}
