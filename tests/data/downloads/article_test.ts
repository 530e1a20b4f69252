import { join } from "@std/path";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { articleState } from "../../../lib/data/downloads/article/article.ts";
import { downloadArticle } from "../../../lib/data/downloads/article/download_article.ts";
import type { ArticleOptions } from "../../../lib/data/downloads/article/fetch_class.ts";
import { readManifest } from "../../../lib/data/downloads/article/manifest.ts";
import { loadDataset } from "../../../lib/data/open_dataset.ts";
import { articleClasses } from "../../../lib/data/sources/class_names.ts";
import { listDir } from "../../../lib/files/read.ts";
import { inFolder } from "../../in_folder.ts";
import { jpeg, synset, synsets, withSynsets } from "./article_server.ts";

const [bucket, gyromitra] = articleClasses.map(({ id }) => id);
const retry = { idleTimeout: 2000, attempts: 2, delay: 1, maxDelay: 10 };

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Downloads into a folder, and returns what was said. */
async function fetchInto(
  root: string,
  base: string,
  options: ArticleOptions = {},
): Promise<string[]> {
  const said: string[] = [];
  const onMessage = (line: string): number => said.push(line);
  await downloadArticle({ root, base, retry, onMessage, ...options });
  return said;
}

Deno.test("downloadArticle() puts the classes into train and val, and says what came", () =>
  inFolder((root) => {
    const archives = synsets(20);
    const notImages = [
      { path: "page.JPEG", content: "<html>" },
      { path: "empty.JPEG", content: "" },
      { path: "notes.txt", content: "notes" },
    ];
    archives.set(bucket!, synset(bucket!, 300, notImages));
    return withSynsets(archives, async (base, requests) => {
      const said = await fetchInto(root, base);
      assert.match(
        said[0]!,
        /^10 classes from 127\.0\.0\.1:\d+, \d+ MB: \d+ MB to download, .*free/,
      );
      assert.match(said[1]!, /^bucket: 250 training and 50 validation images; left out 3, such as/);
      assert.match(said[2]!, /^gyromitra: 16 training and 4 validation images$/);

      const folder = join(root, "article");
      assert.equal((await listDir(join(folder, "train", bucket!))).length, 250);
      const [name] = await listDir(join(folder, "val", gyromitra!));
      const number = Number(/_(\d+)/.exec(name!)![1]);
      assert.deepEqual(
        await Deno.readFile(join(folder, "val", gyromitra!, name!)),
        jpeg(gyromitra!, number),
      );
      const manifest = await readManifest(join(folder, "manifest.json"));
      const [first, second] = manifest!.classes;
      assert.deepEqual(first!.left_out.map(({ file, reason }) => `${file}: ${reason}`), [
        "empty.JPEG: it is empty",
        "notes.txt: its name is not an image's",
        "page.JPEG: it is not an image",
      ]);
      assert.equal(second!.sha256, sha256(archives.get(gyromitra!)!));
      assert.equal(second!.validation[name!], sha256(jpeg(gyromitra!, number)));
      assert.deepEqual((await listDir(root)).sort(), ["article", "article.lock"]);

      // What is whole is not fetched again.
      requests.length = 0;
      await fetchInto(root, base);
      assert.deepEqual(requests, []);
    });
  }));

Deno.test("loadDataset(article) has the article's classes in its order, with their names", () =>
  inFolder((root) =>
    withSynsets(synsets(10), async (base) => {
      await assert.rejects(
        loadDataset("article", { root }),
        /DataError: article is not in .*article yet; get it with: deno task data article --accept-terms$/,
      );
      await fetchInto(root, base);
      const { name, classes, train, validation, warnings } = await loadDataset("article", { root });
      assert.equal(name, "article");
      assert.deepEqual(classes, articleClasses);
      assert.deepEqual([train.length, validation.length, warnings], [80, 20, []]);
      const two = await loadDataset("article", { root, classes: [gyromitra!, bucket!] });
      assert.deepEqual(two.classes.map(({ name }) => name), ["gyromitra", "bucket"]);
    })
  ));

Deno.test("downloadArticle() names a class that is missing, keeps the others, and tries it again", () =>
  inFolder((root) => {
    const archives = synsets(10);
    const archive = archives.get(gyromitra!)!;
    archives.delete(gyromitra!);
    return withSynsets(archives, async (base, requests) => {
      const said = await fetchInto(root, base);
      assert.ok(
        said.some((line) => /^gyromitra is missing: .* was refused: 404 .*stay$/.test(line)),
      );
      const { classes, warnings } = await loadDataset("article", { root });
      assert.equal(classes.length, 9);
      assert.match(warnings[0]!, /^The class n13037406 is missing: .*404/);
      archives.set(gyromitra!, archive);
      requests.length = 0;
      await fetchInto(root, base);
      assert.deepEqual(requests, [`HEAD ${gyromitra} 0`, `GET ${gyromitra} 0`]);
      const whole = await loadDataset("article", { root });
      assert.deepEqual([whole.classes, whole.warnings], [articleClasses, []]);
    });
  }));

Deno.test("downloadArticle() leaves nothing if no server has any class", () =>
  inFolder((root) =>
    withSynsets(new Map(), async (base) => {
      await assert.rejects(
        fetchInto(root, base),
        /DataError: no server has any of the classes: .*404/,
      );
      assert.deepEqual(await listDir(root), ["article.lock"]);
    })
  ));

Deno.test("downloadArticle() goes on where it was interrupted", () =>
  inFolder((root) => {
    const archives = synsets(100);
    const { length } = archives.get(gyromitra!)!;
    const half = Math.floor(length / 2);
    let isDown = true;
    // The second archive breaks off in the middle, and its server is gone then.
    const answer = (id: string, start: number): Response | undefined => {
      if (id !== gyromitra || !isDown) return undefined;
      if (start > 0) return new Response("down", { status: 500 });
      const part = archives.get(id)!.slice(0, half);
      return new Response(ReadableStream.from([part]), {
        headers: { "content-length": String(length) },
      });
    };
    return withSynsets(archives, async (base, requests) => {
      await assert.rejects(
        fetchInto(root, base),
        /500 Internal Server Error; the same command resumes/,
      );
      assert.deepEqual((await articleState(root)).classes, [bucket]);
      await assert.rejects(
        loadDataset("article", { root }),
        /article has 1 of the 10 classes; fetch the rest: deno task data article$/,
      );
      isDown = false;
      requests.length = 0;
      await fetchInto(root, base);
      const gets = requests.filter((request) => request.startsWith("GET"));
      assert.equal(gets[0], `GET ${gyromitra} ${half}`);
      assert.equal(gets.length, 9);
      assert.equal((await articleState(root)).state, "whole");
    }, answer);
  }));

Deno.test("downloadArticle() takes copies of archives that the user put there, without a server", () =>
  inFolder(async (root) => {
    const base = "http://nowhere.invalid/";
    const place = join(root, "article.download", `${bucket}.tar`);
    await assert.rejects(fetchInto(root, base), {
      name: "DataError",
      message: new RegExp(
        `dns error.*; without a connection, put a copy of it at ${RegExp.escape(place)} and`,
      ),
    });
    for (const [id, bytes] of synsets(10)) {
      await Deno.writeFile(join(root, "article.download", `${id}.tar`), bytes);
    }
    await fetchInto(root, base);
    assert.equal((await loadDataset("article", { root })).train.length, 80);
  }));

Deno.test("downloadArticle() verifies a second machine's download by the first one's manifest", () =>
  inFolder((root) => {
    const archives = synsets(10);
    return withSynsets(archives, async (base) => {
      const [first, second, third, fourth] = ["1", "2", "3", "4"].map((name) => join(root, name));
      await fetchInto(first!, base);
      const manifest = join(first!, "article/manifest.json");
      await fetchInto(second!, base, { manifest });
      assert.deepEqual(
        await readManifest(join(second!, "article/manifest.json")),
        await readManifest(manifest),
      );
      await assert.rejects(
        fetchInto(third!, base, { manifest, seed: 2 }),
        /\w+ must have the manifest's training and validation images/,
      );
      archives.set(bucket!, synset(bucket!, 11));
      await assert.rejects(fetchInto(fourth!, base, { manifest }), /has \d+ bytes\. Expected: \d+/);
      const changed = Uint8Array.from(synset(bucket!, 10));
      changed[600]! ^= 1;
      archives.set(bucket!, changed);
      await assert.rejects(
        fetchInto(fourth!, base, { manifest }),
        /its SHA-256 must be .* Received/,
      );
      await assert.rejects(
        fetchInto(third!, base, { manifest: join(root, "none") }),
        /manifest must be an existing file\. Received: .*none$/,
      );
    });
  }));

Deno.test("downloadArticle() takes ImageNet's own validation images, flat or in class folders", () =>
  inFolder((root) =>
    withSynsets(synsets(10), async (base) => {
      const [flat, folders] = [join(root, "flat"), join(root, "folders")];
      const lines = ["ImageId,PredictionString"];
      await Deno.mkdir(join(flat, "val"), { recursive: true });
      for (const [index, { id }] of articleClasses.entries()) {
        const name = `ILSVRC2012_val_0000000${index}`;
        lines.push(`${name},${id} 1 2 3 4`);
        // One of them is among the training images as well.
        const bytes = jpeg(id, index === 0 ? 3 : 1000);
        await Deno.writeFile(join(flat, "val", `${name}.JPEG`), bytes);
        await Deno.mkdir(join(folders, id), { recursive: true });
        await Deno.writeFile(join(folders, id, `${name}.JPEG`), bytes);
      }
      await Deno.writeTextFile(join(flat, "LOC_val_solution.csv"), lines.join("\n"));
      for (const [index, validation] of [flat, join(flat, "val"), folders].entries()) {
        const own = join(root, String(index));
        const said = await fetchInto(own, base, { validation });
        assert.match(
          said[1]!,
          /^bucket: 9 .* and 1 validation images; .*: it is a validation image$/,
        );
        assert.match(said[2]!, /^gyromitra: 10 training and 1 validation images$/);
        const { validation: split } = await loadDataset("article", { root: own });
        assert.equal(split.length, 10);
      }
      await assert.rejects(
        fetchInto(join(root, "other"), base, { validation: root }),
        /validation must be a folder of ImageNet's validation images: .* none of n02909870$/,
      );
    })
  ));

Deno.test("downloadArticle() refuses archives that lead outside, links, bombs and other files", async () => {
  const id = bucket!;
  const image = { path: `${id}_1.JPEG`, content: jpeg(id, 1) };
  const hostile: [Uint8Array<ArrayBuffer>, RegExp][] = [
    [
      synset(id, 2, [{ path: "../out.JPEG", content: jpeg(id, 9) }]),
      /"\.\.\/out\.JPEG" leads outside/,
    ],
    [synset(id, 2, [{ path: "/out.JPEG", content: jpeg(id, 9) }]), /leads outside/],
    [
      synset(id, 2, [{ path: "link", type: "SymbolicLink", linkpath: "/etc" }]),
      /is a SymbolicLink/,
    ],
    [synset(id, 2, [image]), /twice/],
    [new Uint8Array(gzipSync(new Uint8Array(2 ** 26))), /cannot be unpacked/],
    [new TextEncoder().encode("no archive at all ".repeat(100)), /cannot be unpacked/],
    [
      synset(id, 0, [{ path: "1.JPEG", content: "<html>" }]),
      /must hold images\. Received: 1 other/,
    ],
  ];
  for (const [bytes, message] of hostile) {
    await inFolder((root) =>
      withSynsets(synsets(10).set(id, bytes), async (base) => {
        await assert.rejects(fetchInto(root, base), { name: "DataError", message });
        assert.deepEqual((await articleState(root)).classes, []);
        // The same command begins anew, and finds nothing that was left.
        const good = synsets(10);
        await withSynsets(good, async (other) => void await fetchInto(root, other));
        assert.equal((await loadDataset("article", { root })).train.length, 80);
        assert.deepEqual((await listDir(root)).sort(), ["article", "article.lock"]);
      })
    );
  }
});
