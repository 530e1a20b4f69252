import { join } from "@std/path";
import assert from "node:assert/strict";
import { readClassNames } from "../../../lib/weights/classes/read_class_names.ts";
import { openDescribedWeights } from "../../../lib/runs/open_net.ts";
import { inFolder } from "../../in_folder.ts";
import { writeTiny } from "../../training/tiny_set.ts";
import { stateDict } from "../torch/tiny_net.ts";
import { writeTorch } from "../torch/write_torch.ts";

Deno.test("readClassNames() takes the classes of a data set, by its folder or name", () =>
  inFolder(async (folder) => {
    await writeTiny(join(folder, "data"));
    const names = (await readClassNames(join(folder, "data"))).map(({ name }) => name);
    assert.deepEqual(names, ["b", "r"]);
    assert.equal((await readClassNames("drawn10")).length, 10);
  }));

Deno.test("readClassNames() takes ImageNet's from the list that comes with published weights", () =>
  inFolder(async (root) => {
    await Deno.writeTextFile(
      join(root, "imagenet_class_index.json"),
      '{"0": ["n01440764", "tench"], "1": ["n01484850", "great_white_shark"]}',
    );
    assert.deepEqual(await readClassNames("imagenet", { root }), [
      { id: "n01440764", name: "tench" },
      { id: "n01484850", name: "great white shark" },
    ]);
  }));

Deno.test("readClassNames() gives equal names ids of their own, and refuses what is no list", () =>
  inFolder(async (folder) => {
    const file = join(folder, "names.txt");
    await Deno.writeTextFile(file, "crane\ncrane");
    assert.deepEqual(await readClassNames(file), [
      { id: "0", name: "crane" },
      { id: "1", name: "crane" },
    ]);
    await Deno.writeFile(file, Uint8Array.of(0xff, 0xfe, 0xe4, 0, 10, 0, 98, 0));
    assert.deepEqual((await readClassNames(file)).map(({ name }) => name), ["ä", "b"]);
    await Deno.writeFile(file, Uint8Array.of(0xe4, 10, 98));
    await assert.rejects(
      readClassNames(file),
      /^OptionError: .* must be UTF-8\. Received: .*names/,
    );
    await Deno.writeTextFile(file, "{}");
    await assert.rejects(
      readClassNames(file),
      /^OptionError: a file of class names must .*names\.txt/,
    );
    await assert.rejects(readClassNames(join(folder, "none")), /^OptionError: class names must be/);
  }));

Deno.test("openDescribedWeights() names the classes of a file, and wants as many as it has", () =>
  inFolder(async (folder) => {
    const path = join(folder, "net.pth");
    await writeTorch(path, stateDict());
    const classNames = [..."abcde"].map((name) => ({ id: name, name }));
    using weights = await openDescribedWeights(path, { classNames });
    assert.deepEqual(weights.description.classes, classNames);
    await assert.rejects(
      openDescribedWeights(path, { classNames: classNames.slice(1) }),
      /^WeightsError: .*has 5 classes\. Received: 4 names of classes/,
    );
  }));
