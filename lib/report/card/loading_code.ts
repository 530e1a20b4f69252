import { basename } from "@std/path";
import type { ExportFormatName } from "../../weights/export/export_weights.ts";
import { inputOf, type NetInput } from "../../weights/export/input.ts";
import { torchModulePath } from "../../weights/export/torch_module.ts";
import type { NetDescription } from "../../weights/net.ts";

/** Code that loads an exported net and predicts an image. */
export interface LoadingCode {
  /** The language, as code blocks of Markdown name it. */
  readonly language: "python" | "js" | "sh";
  /** What must be installed. */
  readonly needs: string;
  readonly code: string;
}

/** The maximum number of classes that are listed in the code. */
const maxClasses = 100;

/**
 * Returns code that loads an exported net and prints the most probable class of `picture.jpg`.
 *
 * @param path The file or the folder that was exported; the code runs in the folder of the card.
 */
export function loadingCode(
  format: ExportFormatName,
  description: NetDescription,
  path: string,
): LoadingCode {
  const name = JSON.stringify(basename(path));
  switch (format) {
    case "safetensors":
      return {
        language: "sh",
        needs: "VGGNet on Deno",
        code: `deno task predict --weights ${shellName(basename(path))} picture.jpg`,
      };
    case "torchvision":
      return { language: "python", needs: "torch, safetensors, pillow", code: torchCode(path) };
    case "keras":
      return python("tensorflow, pillow", description, {
        imports: "import keras",
        code: `model = keras.models.load_model(${name}, compile=False)
probabilities = model.predict(pixels("picture.jpg"))[0]`,
      });
    case "saved-model":
      return python("tensorflow, pillow", description, {
        imports: "import tensorflow as tf",
        code: `net = tf.saved_model.load(".").signatures["serving_default"]
probabilities = net(images=tf.constant(pixels("picture.jpg")))["probabilities"].numpy()[0]`,
      });
    case "onnx":
      return python("onnxruntime, pillow", description, {
        imports: "import onnxruntime",
        code: `session = onnxruntime.InferenceSession(${name})
images = pixels("picture.jpg").transpose(0, 3, 1, 2)
probabilities = session.run(["probabilities"], {"images": images})[0][0]`,
      });
    case "tfjs":
      return {
        language: "js",
        needs: "@tensorflow/tfjs",
        code: tfjsCode(inputOf(description), classList(description)),
      };
  }
}

function shellName(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}

function torchCode(path: string): string {
  const module = basename(torchModulePath(path)).replace(/\.py$/, "");
  return `import torch
from PIL import Image

from ${module} import CLASSES, load, preprocess

net = load()
with torch.no_grad():
    probabilities = net(preprocess(Image.open("picture.jpg")))[0].softmax(0).numpy()
print(CLASSES[probabilities.argmax()], probabilities.max())
`;
}

/** Code in Python whose `pixels` makes the input of a net with channels last. */
function python(
  needs: string,
  description: NetDescription,
  { imports, code }: { readonly imports: string; readonly code: string },
): LoadingCode {
  const { size, resize, colors, mean, deviation } = inputOf(description);
  const classes = classList(description);
  const shortest = resize.shortestSide ?? resize.size;
  const resized = resize.mode === "stretch"
    ? `    image = image.resize((${size}, ${size}))`
    : `    scale = ${shortest} / min(image.size)
    image = image.resize([max(${size}, round(side * scale)) for side in image.size])
    left, top = [(side - ${size}) // 2 for side in image.size]
    image = image.crop((left, top, left + ${size}, top + ${size}))`;
  return {
    language: "python",
    needs,
    code: `${imports}
import numpy as np
from PIL import Image
${classes ? `\nCLASSES = ${classes}\n` : ""}

def pixels(path):
    image = Image.open(path).convert("${colors === "gray" ? "L" : "RGB"}")
${resized}
    values = np.asarray(image, np.float32).reshape(1, ${size}, ${size}, -1)
    return (values - np.float32(${JSON.stringify(mean)})) / np.float32(${JSON.stringify(deviation)})


${code}
print(${
      classes ? "CLASSES[probabilities.argmax()]" : "probabilities.argmax()"
    }, probabilities.max())
`,
  };
}

function tfjsCode({ size, resize, colors, mean, deviation }: NetInput, classes?: string): string {
  const shortest = resize.shortestSide ?? resize.size;
  const channels = colors === "gray" ? ", 1" : "";
  const resized = resize.mode === "stretch"
    ? `  const square = tf.image.resizeBilinear(pixels, [${size}, ${size}]);`
    : `  const sides = pixels.shape.slice(0, 2);
  const scale = ${shortest} / Math.min(...sides);
  const [height, width] = sides.map((side) => Math.max(${size}, Math.round(side * scale)));
  const resized = tf.image.resizeBilinear(pixels, [height, width]);
  const [top, left] = [height, width].map((side) => Math.floor((side - ${size}) / 2));
  const square = resized.slice([top, left, 0], [${size}, ${size}, -1]);`;
  return `import * as tf from "@tensorflow/tfjs";

${classes ? `const classes = ${classes};\n` : ""}
/** @param picture An <img> element, or pixels as tf.browser.fromPixels takes them. */
export async function classify(picture, url = "model.json") {
  const model = await tf.loadLayersModel(url);
  const pixels = tf.browser.fromPixels(picture${channels});
${resized}
  const input = square.sub(${JSON.stringify(mean)}).div(${JSON.stringify(deviation)});
  const probabilities = await model.predict(input.expandDims()).data();
  const best = probabilities.indexOf(Math.max(...probabilities));
  return { class: ${classes ? "classes[best]" : "best"}, probabilities };
}
`;
}

/** The classes as a list of JSON, which Python and JavaScript read. */
function classList({ classes }: NetDescription): string | undefined {
  return classes.length > maxClasses ? undefined : JSON.stringify(classes.map(({ name }) => name));
}
