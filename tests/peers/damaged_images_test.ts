import { join } from "@std/path";
import assert from "node:assert/strict";
import { z } from "zod";
import { decodeImage } from "../../lib/data/images/decode.ts";
import { damagedJpegs } from "../data/images/damaged_jpegs.ts";
import { tallPictures } from "../data/images/tall_pictures.ts";
import { meanColor } from "../data/support.ts";
import { inFolder } from "../in_folder.ts";
import { peersPython, runScript, testWithPeers } from "./environment.ts";

const Verdicts = z.array(z.object({
  name: z.string(),
  pillow: z.array(z.number()).nullable(),
  tensorflow: z.array(z.number()).nullable(),
}));

/** What Pillow and TensorFlow say of files, in the order of their names. */
async function verdictsOf(
  folder: string,
  files: readonly (readonly [name: string, bytes: Uint8Array])[],
): Promise<z.infer<typeof Verdicts>> {
  for (const [name, bytes] of files) await Deno.writeFile(join(folder, name), bytes);
  const python = await peersPython(["keras", "formats"]);
  const text = await runScript(python, "damaged_images.py", folder);
  const verdicts = Verdicts.parse(JSON.parse(text));
  assert.deepEqual(verdicts.map(({ name }) => name), files.map(([name]) => name).toSorted());
  return verdicts;
}

async function assertMeans(
  bytes: Uint8Array<ArrayBuffer>,
  means: readonly number[],
  name: string,
): Promise<void> {
  meanColor(await decodeImage(bytes)).forEach((mean, channel) =>
    assert.ok(Math.abs(mean - means[channel]!) < 1.5, `${name}: ${mean}, not ${means[channel]}`)
  );
}

testWithPeers(
  "Pillow and TensorFlow read the damaged JPEGs that decodeImage() reads",
  () =>
    inFolder(async (folder) => {
      const files = await damagedJpegs();
      const named = files.map(({ bytes }, index) =>
        [`${index}`.padStart(3, "0") + ".jpg", bytes] as const
      );
      for (const [index, { pillow, tensorflow }] of (await verdictsOf(folder, named)).entries()) {
        const { name, bytes, isRead } = files[index]!;
        assert.equal(pillow !== null && tensorflow !== null, isRead, name);
        if (pillow && isRead) await assertMeans(bytes, pillow, name);
      }
    }),
);

testWithPeers(
  "Pillow reads pictures of every format as decodeImage() does, and no cut ones",
  () =>
    inFolder(async (folder) => {
      const pictures = Object.entries(await tallPictures()).flatMap(([name, file]) =>
        [1, 0.9, 0.5].map((part) => {
          const bytes = new Uint8Array(file.subarray(0, file.length * part));
          return [`${part} of ${name}`, bytes] as const;
        })
      );
      const bytesOf = new Map<string, Uint8Array<ArrayBuffer>>(pictures);
      for (const { name, pillow } of await verdictsOf(folder, pictures)) {
        assert.equal(pillow !== null, name.startsWith("1 of "), name);
        if (pillow) await assertMeans(bytesOf.get(name)!, pillow, name);
      }
    }),
);
