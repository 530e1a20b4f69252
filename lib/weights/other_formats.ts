// deno-lint-ignore-file no-control-regex -- the first bytes of files, as text of Latin-1
import { latin1 } from "../files/decode_text.ts";
import { readAt } from "../files/read.ts";

/** A format that is not read: how its files begin, and what to do with one. */
interface OtherFormat {
  readonly begins: RegExp;
  readonly words: string;
}

const unpack = "unpack it first";
const numpy = "load it in Python and save its arrays, in the net's order, with numpy.savez";
const onnx = "convert it to ONNX";

/** Files as text of Latin-1, in the order in which they are tried. */
const otherFormats: readonly OtherFormat[] = [
  { begins: /^$/, words: "is empty: a download or a copy has failed" },
  {
    begins: /^version https:\/\/git-lfs/,
    words: "is a pointer of Git LFS: git lfs pull fetches the file",
  },
  { begins: /^\s*<(!doctype html|html)/i, words: "is a web page: a download has failed" },
  { begins: /^\x1f\x8b/, words: `is compressed by gzip: ${unpack}` },
  { begins: /^BZh/, words: `is compressed by bzip2: ${unpack}` },
  { begins: /^\xfd7zXZ|^\x28\xb5\x2f\xfd/, words: `is compressed: ${unpack}` },
  { begins: /^7z\xbc\xaf|^Rar!/, words: `is an archive: ${unpack}` },
  { begins: /^.{257}ustar/s, words: `is a tar archive: ${unpack}` },
  { begins: /^MATLAB/, words: `is a file of MATLAB, such as MatConvNet's: ${numpy}` },
  {
    begins: /^.{4}TFL3/s,
    words: "is a model of TensorFlow Lite, for phones: use the Keras model it was made of",
  },
  {
    begins: /^\x04\0\0\0\x01\0\0\0\x03\0\0\0V 1|^\x03\0\0\0\x01\0\0\0/,
    words: `is a file of Torch7, in Lua: ${onnx}`,
  },
  { begins: /^\x12\x01\0\0\0\0\0\0/, words: `is a file of MXNet: ${onnx}` },
  {
    begins: /^model_checkpoint_path/,
    words: "names a checkpoint of TensorFlow: save it in Keras as .weights.h5",
  },
  {
    begins: /^(#[^\n]*\n)*\s*(name|layers?|input)\s*[:{]/,
    words: "is Caffe's description of a net, without weights",
  },
  { begins: /^GGUF/, words: "is a file of GGUF, for language models" },
  { begins: /^ptrt|^ftrt/, words: "is an engine of TensorRT: use the ONNX file it was made of" },
  {
    begins: /^\s*<\?xml/,
    words: `is an XML file, such as OpenVINO's: use the model it was made of`,
  },
  { begins: /^(\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\0\0\0\0)/s, words: "is a picture" },
  // A message of protocol buffers that begins with a name, and the first layer.
  {
    begins: /^\n(?!\n)[\x01-\x7f][\x20-\x7e]+(\x12|\xa2\x06)/,
    words: `is a model of Caffe: ${numpy}, or ${onnx}`,
  },
  // One that begins with a version, and the description of inputs.
  {
    begins: /^\x08[\x02-\x0f]\x12.{1,3}\n/s,
    words: "is a model of Core ML: use the model it was made of",
  },
];

/** The last bytes of an index in TensorFlow's checkpoints. */
const indexMagic = "\x57\xfb\x80\x8b\x24\x75\x47\xdb";

/** The number of bytes by which the formats are told apart. */
const startLength = 512;

/**
 * Says in a few words what a file is whose format is not read, and what to do with it; `undefined` for
 * formats that are read or unknown.
 */
export async function describeOtherFormat(path: string): Promise<string | undefined> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  const start = latin1(await readAt(file, 0, new Uint8Array(Math.min(startLength, size))));
  const found = otherFormats.find(({ begins }) => begins.test(start));
  if (found) return found.words;
  if (size < indexMagic.length) return undefined;
  const end = await readAt(file, size - indexMagic.length, new Uint8Array(indexMagic.length));
  return latin1(end) === indexMagic
    ? "is part of a checkpoint of TensorFlow: save it in Keras as .weights.h5"
    : undefined;
}
