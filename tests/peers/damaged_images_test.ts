import { join } from "@std/path";
import assert from "node:assert/strict";
import { z } from "zod";
import { decodeImage } from "../../lib/data/images/decode.ts";
import { damagedJpegs } from "../data/images/damaged_jpegs.ts";
import { meanColour } from "../data/support.ts";
import { inFolder } from "../in_folder.ts";
import { peersPython, runScript, testWithPeers } from "./environment.ts";

const Verdicts = z.array(z.object({
  name: z.string(),
  pillow: z.array(z.number()).nullable(),
  tensorflow: z.array(z.number()).nullable(),
}));

testWithPeers(
  "Pillow and TensorFlow read the damaged JPEGs that decodeImage() reads",
  () =>
    inFolder(async (folder) => {
      const files = await damagedJpegs();
      const nameOf = (index: number): string => `${index}`.padStart(3, "0") + ".jpg";
      for (const [index, { bytes }] of files.entries()) {
        await Deno.writeFile(join(folder, nameOf(index)), bytes);
      }
      const python = await peersPython(["keras", "formats"]);
      const verdicts = Verdicts.parse(
        JSON.parse(await runScript(python, "damaged_images.py", folder)),
      );
      assert.equal(verdicts.length, files.length);
      for (const [index, { name, pillow, tensorflow }] of verdicts.entries()) {
        const file = files[index]!;
        assert.equal(name, nameOf(index));
        assert.equal(pillow !== null && tensorflow !== null, file.isRead, file.name);
        if (!pillow || !file.isRead) continue;
        meanColour(await decodeImage(file.bytes)).forEach((mean, channel) =>
          assert.ok(Math.abs(mean - pillow[channel]!) < 1.5, `${file.name}: ${mean}`)
        );
      }
    }),
);
