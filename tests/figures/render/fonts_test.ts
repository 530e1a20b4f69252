import { join } from "@std/path";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { findFallbackFonts } from "../../../lib/figures/render/fallback_fonts.ts";
import { fontCoverage } from "../../../lib/figures/render/font_coverage.ts";
import { describeMissing, fontFiles } from "../../../lib/figures/render/fonts.ts";
import { inFolder } from "../../in_folder.ts";

const [dejavu] = await fontFiles();

Deno.test("fontCoverage() reads which characters a font has", async () => {
  const hasGlyph = await fontCoverage(dejavu!);
  // As in the list of DejaVu Sans's blocks: Latin, Greek, Arabic, Hebrew and some emoji, no Han or Thai.
  for (const has of "Aéλقש😀") assert.ok(hasGlyph!(has.codePointAt(0)!), has);
  for (const lacks of "猫고แब🐈") assert.ok(!hasGlyph!(lacks.codePointAt(0)!), lacks);
});

Deno.test("fontCoverage() finds nothing in files that are no fonts or are damaged", () =>
  inFolder(async (folder) => {
    const file = join(folder, "a.ttf");
    assert.equal(await fontCoverage(file), undefined);
    const font = await Deno.readFile(dejavu!);
    const characters = Buffer.from(font).indexOf("cmap");
    const wrong = font.slice();
    wrong.fill(0xff, characters + 8, characters + 16);
    const samples = [new Uint8Array(), font.subarray(0, 40), font.subarray(0, 2000), wrong];
    for (const bytes of [...samples, new TextEncoder().encode("<html>not a font</html>")]) {
      await Deno.writeFile(file, bytes);
      assert.equal(await fontCoverage(file), undefined);
    }
  }));

Deno.test("findFallbackFonts() finds a font for each character, and names those without one", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "deep/er"), { recursive: true });
    const sans = join(folder, "deep/er/Sans.ttf"), serif = join(folder, "Serif.ttf");
    await Deno.copyFile(dejavu!, sans);
    // DejaVu Serif has no Arabic letters.
    await Deno.copyFile(dejavu!.replace("DejaVuSans", "DejaVuSerif"), serif);
    const { files, missing } = await findFallbackFonts(["ق", "猫"], [folder, join(folder, "none")]);
    assert.deepEqual([files, missing], [[sans], ["猫"]]);
    assert.deepEqual(await findFallbackFonts([], [folder]), { files: [], missing: [] });
  }));

Deno.test("describeMissing() says which characters are boxes and what to install", () => {
  assert.equal(
    describeMissing(["猫", "고"]),
    "boxes in figures stand for 猫 고, which no font here has; install Noto Sans CJK " +
      "(Debian and Ubuntu: apt install fonts-noto-cjk)",
  );
  assert.match(
    describeMissing(["ब", "🐈"]),
    /install Noto Sans and Symbola \(.*fonts-noto-core fonts-symbola\)$/,
  );
  assert.match(describeMissing([..."一二三四五六七八九十百千万"]), /千 and 1 more, which/);
});

/** DejaVu Sans with 猫 instead of another letter, in its tables of characters. */
async function fontWithCat(): Promise<Uint8Array> {
  const font = Buffer.from(await Deno.readFile(dejavu!));
  const table = font.readUInt32BE(font.indexOf("cmap") + 8);
  for (let entry = 0; entry < font.readUInt16BE(table + 2); entry++) {
    const start = table + font.readUInt32BE(table + 4 + 8 * entry + 4);
    if (font.readUInt16BE(start) !== 12) continue;
    for (let group = 0; group < font.readUInt32BE(start + 12); group++) {
      const at = start + 16 + 12 * group;
      if (font.readUInt32BE(at) < 0x732b) continue;
      font.writeUInt32BE(0x732b, at);
      font.writeUInt32BE(0x732b, at + 4);
      break;
    }
  }
  return font;
}

/** Draws 猫 in another process, whose own fonts are in a folder; returns the PNG and the warnings. */
async function drawCat(fonts: string): Promise<{ pixels: Buffer; err: string }> {
  const module = new URL("../../../lib/figures/render/render.ts", import.meta.url);
  const code = `import { renderPng } from ${JSON.stringify(module)};
    const layout = { width: 80, height: 60, xaxis: { visible: false }, yaxis: { visible: false },
      annotations: [{ text: "猫", showarrow: false, font: { size: 30 } }] };
    const png = await renderPng({ name: "cat", data: [], layout }, { scale: 1 });
    await Deno.stdout.write(png);
    Deno.exit();`;
  const config = fileURLToPath(new URL("../../../deno.json", import.meta.url));
  const program = join(fonts, "draw.ts");
  await Deno.writeTextFile(program, code);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", "--config", config, program],
    env: {
      XDG_DATA_HOME: fonts,
      HOME: fonts,
      DENO_DIR: Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME")!, ".cache/deno"),
    },
  }).output();
  return {
    pixels: await sharp(stdout).grayscale().raw().toBuffer(),
    err: new TextDecoder().decode(stderr),
  };
}

Deno.test({
  name: "renderPng() draws a letter with a font of the user's, and says where there is none",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    inFolder(async (folder) => {
      await Deno.mkdir(join(folder, "fonts"));
      const without = await drawCat(folder);
      // On a machine that has such a font, the letter is drawn in any case.
      if (without.err === "") return;
      assert.match(
        without.err,
        /^boxes in figures stand for 猫, which no font here has; install .*\n$/,
      );
      await Deno.writeFile(join(folder, "fonts/NotoSansSC.ttf"), await fontWithCat());
      const drawn = await drawCat(folder);
      assert.equal(drawn.err, "");
      assert.notDeepEqual(drawn.pixels, without.pixels);
    }),
});
