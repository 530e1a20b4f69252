import { join } from "@std/path";
import assert from "node:assert/strict";
import { openWeights } from "../../lib/weights/open_weights.ts";
import { inFolder } from "../in_folder.ts";

/** How files of other formats begin, and what is said of them. */
const starts: readonly (readonly [string, string, RegExp])[] = [
  ["vgg16.pth", "", /is empty/],
  ["vgg16.h5", "<!DOCTYPE html>\n<html>", /is a web page: a download has failed/],
  ["vgg16.h5", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a", /git lfs pull/],
  ["vgg16.pth.gz", "\x1f\x8b\x08\x00abc", /compressed by gzip: unpack it/],
  ["vgg16.tar", `${"vgg_16.ckpt".padEnd(257, "\0")}ustar\0`, /tar archive: unpack it/],
  ["imagenet-vgg-f.mat", "MATLAB 5.0 MAT-file, Platform: GLNXA64", /MATLAB.*numpy\.savez/],
  ["vgg16.mat", "MATLAB 7.3 MAT-file, Platform: GLNXA64", /MATLAB/],
  ["vgg.tflite", "\x1c\0\0\0TFL3", /TensorFlow Lite/],
  ["vgg.caffemodel", "\n\x14VGG_ILSVRC_16_layers\x12\x05hello", /Caffe.*numpy\.savez.*ONNX/],
  ["vgg.prototxt", 'name: "VGG_ILSVRC_16_layers"\ninput: "data"', /Caffe's description/],
  ["vgg.mlmodel", "\x08\x04\x12\xe1\x01\n\x1d\n\x05image", /Core ML/],
  [
    "vgg.weights",
    `${"\0".repeat(40)}\x57\xfb\x80\x8b\x24\x75\x47\xdb`,
    /checkpoint of TensorFlow/,
  ],
  ["vgg.ckpt.txt", 'model_checkpoint_path: "vgg_16.ckpt"', /checkpoint of TensorFlow/],
  ["vgg.t7", "\x04\0\0\0\x01\0\0\0\x03\0\0\0V 1\x0d\0\0\0nn.Sequential", /Torch7/],
  ["vgg-0000.params", "\x12\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0", /MXNet/],
  ["vgg.engine", "ptrt\0\0\0\0", /TensorRT/],
  ["cat.pth", "\xff\xd8\xff\xe0\0\x10JFIF", /is a picture/],
  ["notes.txt", "These are my weights.", /is not a weights file; supported are safetensors/],
];

for (const [name, start, message] of starts) {
  Deno.test(`openWeights() says of ${name} that begins with ${JSON.stringify(start.slice(0, 9))} what it is`, () =>
    inFolder(async (folder) => {
      const path = join(folder, name);
      await Deno.writeFile(path, Uint8Array.from(start, (letter) => letter.charCodeAt(0)));
      await assert.rejects(openWeights(path), (error: Error) => {
        assert.match(`${error}`, message);
        assert.equal(error.name, "WeightsError");
        assert.ok(error.message.startsWith(path), error.message);
        return true;
      });
    }));
}
