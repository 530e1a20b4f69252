import assert from "node:assert/strict";
import type { ClassLabel } from "../../lib/data/dataset.ts";
import {
  matchClasses,
  missingClasses,
  unknownClasses,
} from "../../lib/evaluation/match_classes.ts";

const named = (...ids: string[]): ClassLabel[] => ids.map((id) => ({ id, name: id }));
const wnids = [
  { id: "n02410509", name: "bison" },
  { id: "n03249569", name: "drum" },
  { id: "n02012849", name: "crane" },
  { id: "n03126707", name: "crane" },
];

Deno.test("classes are matched by id in any order, and missing ones are told", () => {
  const net = named("ant", "bee", "dog");
  const { labels, note } = matchClasses(named("dog", "ant"), net, "d");
  assert.deepEqual([labels, note], [[2, 0], undefined]);
  assert.equal(
    missingClasses(net, { labels: Uint16Array.of(2, 0, 0) }),
    "2 of the net's 3 classes have images; there is none of bee",
  );
  assert.equal(missingClasses(net, { labels: Uint16Array.of(2, 0, 1) }), undefined);
});

Deno.test("folders of class names and nets of wnids are matched by name, and the reverse", () => {
  const folders = named("bison", "drum");
  const { labels, note } = matchClasses(folders, wnids.slice(0, 2), "d");
  assert.deepEqual(labels, [0, 1]);
  assert.equal(note, "classes are matched by name: bison is n02410509, drum is n03249569");
  assert.deepEqual(matchClasses(wnids.slice(0, 2), folders, "d").labels, [0, 1]);
});

Deno.test("a name of several classes matches none, an id does", () => {
  assert.deepEqual(matchClasses(named("crane", "drum"), wnids, "d").labels, [-1, 1]);
  const both = [{ id: "n03126707", name: "crane" }, { id: "drum", name: "drum" }];
  assert.deepEqual(matchClasses(both, wnids, "d").labels, [3, 1]);
  // The other crane is not left over for the name.
  const folders = [...named("crane"), { id: "n03126707", name: "crane" }];
  assert.deepEqual(matchClasses(folders, wnids, "d").labels, [2, 3]);
  const twice = [{ id: "one", name: "drum" }, { id: "two", name: "drum" }, ...named("bison")];
  assert.deepEqual(matchClasses(twice, wnids, "d").labels, [-1, -1, 0]);
});

Deno.test("classes without a match are named, with those that differ by their writing alone", () => {
  const data = named("Golf_Ball", "church", "cow"), net = named("golf ball", "church");
  const { labels } = matchClasses(data, net, "d");
  assert.deepEqual(labels, [-1, 1, -1]);
  assert.equal(unknownClasses(data, net, labels), "Golf_Ball (like golf ball), cow");
  assert.throws(() => matchClasses(named("x", "y"), wnids, "photos"), {
    name: "DataError",
    message: "the classes of photos must be among the net's (n02410509 bison, n03249569 drum, " +
      "n02012849 crane, n03126707 crane). Received: x, y",
  });
});
