import { join } from "@std/path";
import assert from "node:assert/strict";
import { findLibrary } from "../../lib/engine/tensorflow/library/find_library.ts";
import { assertClose } from "../assert_close.ts";
import { pixels, pngFile } from "../engine/node/image_files.ts";
import {
  constant,
  operation,
  placeholder,
  writeSavedModel,
} from "../engine/node/write_saved_model.ts";
import { readEvents } from "../engine/tensorflow/read_events.ts";
import { writeSpecs } from "../specs/bundle.ts";
import { nodeProject, type Runtime } from "./on_node.ts";

const library = await findLibrary();
const here = import.meta.dirname!;
// The oldest version of Node that is promised, the newest one, and Bun.
const runtimes: readonly Runtime[] = ["node 20", "node 26", "bun"];

function testPackage(name: string, run: () => Promise<void>): void {
  const note = library ? "" : " (skipped: no native engine, see deno task setup)";
  Deno.test({ name: name + note, ignore: !library, fn: run });
}

for (const runtime of runtimes) {
  testPackage(`the npm package computes, compiles and fits on ${runtime}`, async () => {
    await using project = await nodeProject(runtime);
    const { code, stdout, stderr } = await project.run(join(here, "smoke.ts"));
    assert.equal(code, 0, stderr);
    const said = JSON.parse(stdout);
    assert.match(said.reason, /^TensorFlow 2\.\d+\.\d+ on /);
    assertClose([said.convolved], [sumOfConvolution()], 0.05);
    // Each step takes half of the weight 2, and returns its square.
    assert.deepEqual(said.steps, [1, 0.25, 0.0625]);
    assert.deepEqual(said.texts, ["a string that does not fit into twenty-two bytes", "short"]);
    assert.match(said.message, /^MatMul: .*\[2,3\]/);
    assert.ok(said.losses.at(-1) < said.losses[0], `losses: ${said.losses}`);
    assert.equal(said.grown, 0);
  });
}

testPackage("the npm package stands in for tfjs-node on Node", async () => {
  await using project = await nodeProject("node 24");
  await writeSavedModel(join(project.folder, "model"), [
    placeholder("x", "float32"),
    constant("three", "float32", 3),
    operation("y", "Mul", "float32", "x", "three"),
  ], {
    serving_default: { inputs: { x: ["x:0", "float32"] }, outputs: { y: ["y:0", "float32"] } },
  });
  await Deno.writeFile(join(project.folder, "image.png"), await pngFile(false));
  const { code, stdout, stderr } = await project.run(join(here, "tfjs_node.ts"));
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout.trim().split("\n").at(-1)!), {
    backend: "tensorflow",
    same: [true, true],
    image: pixels.slice(0, 12),
    tripled: [3, 6],
    models: [1, 0],
    loaded: [10, 20],
  });
  assert.match(stdout, /^Epoch 1 \/ 1\n/m);
  const { scalars } = await readEvents(join(project.folder, "logs"));
  assert.deepEqual(scalars, [{ tag: "loss", step: 1, value: 0.5 }]);
});

testPackage("TensorFlow.js's own specs pass on Node, on the npm package's engine", async () => {
  await using project = await nodeProject("node 24");
  const specs = join(project.folder, "specs.cjs");
  await writeSpecs(specs);
  const { stdout, stderr } = await project.run(join(here, "specs_on_node.ts"), [], {
    VGG_SPECS: specs,
  });
  const [, passed, failed] = /^(\d+) passed, (\d+) failed/m.exec(stdout) ?? [];
  const failures = stdout.split("\n").filter((line) => line.startsWith("FAILED"));
  assert.equal(failed, "0", `${failures.join("\n")}\n${stderr}`);
  assert.ok(Number(passed) > 3900, `only ${passed} specs ran`);
});

/** The sum of what smoke.ts convolves, with padding that keeps the size. */
function sumOfConvolution(): number {
  const [images, size, channels, filters] = [2, 8, 3, 4];
  let sum = 0;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        for (let channel = 0; channel < channels; channel++) {
          const value = (((image * size + row) * size + column) * channels + channel) / 100;
          for (let y = -1; y <= 1; y++) {
            for (let x = -1; x <= 1; x++) {
              // The pixel is under this weight where the filter's center is in the image.
              const [centerRow, centerColumn] = [row - y, column - x];
              if (Math.min(centerRow, centerColumn) < 0) continue;
              if (Math.max(centerRow, centerColumn) >= size) continue;
              for (let filter = 0; filter < filters; filter++) {
                const weight = (((y + 1) * 3 + x + 1) * channels + channel) * filters + filter;
                sum += value * weight / 100;
              }
            }
          }
        }
      }
    }
  }
  return sum;
}
