import { join } from "@std/path";
import assert from "node:assert/strict";
import { decodeImage } from "../../lib/data/images/decode.ts";
import { articleClasses } from "../../lib/data/sources/class_names.ts";
import type { ImageSize, SummaryWriter } from "../../lib/engine/summary_writer.ts";
import { writeRunImages } from "../../lib/figures/write_run_images.ts";
import { Run, RunError } from "../../lib/runs/run.ts";
import { inFolder } from "../in_folder.ts";
import { exampleRecord } from "../runs/example_record.ts";
import { articleEvaluation, redImage } from "./support.ts";

const png = Uint8Array.fromBase64(redImage.split(",")[1]!);
const probabilities = articleClasses.map(() => 0.1);
const mistake = { id: "a.png", actual: 0, predicted: 3, probabilities, file: "01.png" };
const result = { epochs: 6, best_epoch: 4, best_val_accuracy: 0.4, seconds: 9 };

interface Written extends ImageSize {
  readonly name: string;
  readonly pixels: Uint8Array;
  readonly step: number;
}

/** A writer that collects its images. */
function collectImages(): { written: Written[]; writer: SummaryWriter } {
  const written: Written[] = [];
  const writer: SummaryWriter = {
    scalar: () => assert.fail("no scalar must be written"),
    image: (name, pixels, size, step) => void written.push({ name, pixels, ...size, step }),
    flush: () => {},
    close: () => {},
  };
  return { written, writer };
}

Deno.test({
  name: "writeRunImages() uses existing figures and draws the others",
  // Plotly's page stays open.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    inFolder(async (folder) => {
      const run = await Run.create(join(folder, "mine"), { ...exampleRecord, result });
      await run.writeEvaluation(articleEvaluation);
      await run.writeMistakes([mistake], [png]);
      const figures = join(run.directory, "figures");
      await Deno.mkdir(figures);
      await Deno.writeFile(join(figures, "misclassified.png"), png);
      const { written, writer } = collectImages();
      await writeRunImages(run, writer);
      const drawn = await decodeImage(join(figures, "confusion_matrix.png"));
      const { width, height } = drawn;
      assert.ok(width > 500 && height > 500, `${width} × ${height}`);
      const [red, green, blue] = written[1]!.pixels;
      assert.ok(red! > 200 && green! < 50 && blue! < 50, `${written[1]!.pixels}`);
      assert.deepEqual(written, [
        { name: "figures/confusion_matrix", pixels: drawn.data, width, height, step: 6 },
        {
          name: "figures/misclassified",
          pixels: Uint8Array.of(red!, green!, blue!),
          ...{ width: 1, height: 1, step: 6 },
        },
      ]);
    }),
});

Deno.test("writeRunImages() names the command that creates a missing evaluation", () =>
  inFolder(async (folder) => {
    const run = await Run.create(join(folder, "mine"), { ...exampleRecord, result });
    const { written, writer } = collectImages();
    await assert.rejects(
      writeRunImages(run, writer),
      (error) => error instanceof RunError && /deno task evaluate/.test(error.message),
    );
    assert.deepEqual(written, []);
  }));
