import fc from "fast-check";
import { legacyMagic } from "../../../lib/weights/file_format.ts";
import { npy } from "../../weights/numpy/numpy_files.ts";
import { zipFile } from "../../weights/zip_file.ts";
import { type Bytes, joined } from "../mutate.ts";

/** Operations of a pickle. */
type Program = readonly number[];

const little = (value: number, width: number): number[] =>
  Array.from({ length: width }, (_, at) => Math.floor(value / 2 ** (8 * at)) & 0xff);
const latin1 = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));
const line = (text: string): number[] => [...latin1(text), 10];
const oneOf = (...programs: readonly Program[]): fc.Arbitrary<Program> =>
  fc.constantFrom(...programs);
const [mark, stop] = [0x28, 0x2e];

/** Each number or text, by each operation that can make it. */
const integers = fc.oneof(fc.nat(40), fc.constantFrom(-1, 255, 65_536, 2 ** 31 - 1)).chain((
  value,
) =>
  oneOf(
    [0x4a, ...little(value, 4)],
    [0x4b, value & 0xff],
    [0x4d, ...little(value, 2)],
    [0x49, ...line(`${value}`)],
    [0x4c, ...line(`${value}L`)],
    [0x8a, 5, ...little(value, 5)],
    [0x8b, ...little(5, 4), ...little(value, 5)],
  )
);
const words = fc.constantFrom(
  ...["storage", "0", "1", "cpu", "state_dict", "model", "features.0.weight", "features.0.bias"],
  ...["classifier.0.weight", "_modules", "_parameters", "little_endian", "", "f4", "f8", "|", "<"],
  ...[
    "u1",
    "b",
    "C",
    "F",
    "K",
    "data",
    "labels",
    "fine_labels",
    "label_names",
    "latin1",
    "__proto__",
  ],
  ...["conv1_1", "conv1_1_W", "weights", "fc8", "\x1b[2J", "é"],
);
const texts = words.chain((word) =>
  oneOf(
    [0x58, ...little(word.length, 4), ...latin1(word)],
    [0x8c, word.length, ...latin1(word)],
    [0x8d, ...little(word.length, 8), ...latin1(word)],
    [0x55, word.length, ...latin1(word)],
    [0x54, ...little(word.length, 4), ...latin1(word)],
    [0x53, ...line(`'${word}'`)],
    [0x56, ...line(word)],
  )
);
const bytes = fc.uint8Array({ maxLength: 24 }).chain((values) =>
  oneOf(
    [0x42, ...little(values.length, 4), ...values],
    [0x43, values.length, ...values],
    [0x8e, ...little(values.length, 8), ...values],
    [0x96, ...little(values.length, 8), ...values],
  )
);
const others = oneOf(
  ...[[0x4e], [0x88], [0x89], [0x5d], [0x7d], [0x29], [0x8f], [0x47, ...little(0, 8)]],
  ...[[0x46, ...line("0.5")], [0x49, ...line("01")], [0x8a, 0]],
);
const globals = fc.constantFrom(
  ...["torch._utils\n_rebuild_tensor_v2", "torch._utils\n_rebuild_tensor", "torch\nFloatStorage"],
  ...["torch._utils\n_rebuild_parameter", "torch._tensor\n_rebuild_from_type_v2"],
  ...["torch\nHalfStorage", "torch\nLongStorage", "torch\nUntypedStorage", "torch\nUnknown"],
  ...["collections\nOrderedDict", "numpy.core.multiarray\n_reconstruct", "numpy\nndarray"],
  ...["numpy._core.numeric\n_frombuffer", "numpy\ndtype", "_codecs\nencode", "posix\nsystem"],
).chain((name) => {
  const text = name.split("\n") as [string, string];
  const [module, short] = text.map((part) => [0x8c, part.length, ...latin1(part)]);
  return oneOf([0x63, ...line(text[0]), ...line(text[1])], [...module!, ...short!, 0x93]);
});

/** A value of any depth: containers by each operation, objects and references. */
const { value } = fc.letrec<{ value: Program }>((tie) => {
  const some = fc.array(tie("value"), { maxLength: 4 }).map((parts) => parts.flat());
  const pairs = fc.array(fc.tuple(fc.oneof(texts, integers), tie("value")), { maxLength: 4 })
    .map((parts) => parts.flat(2));
  const two = fc.tuple(tie("value"), tie("value")).map((parts) => parts.flat());
  const around = (
    program: fc.Arbitrary<Program>,
    ...ends: readonly (readonly [Program, Program])[]
  ) =>
    fc.tuple(program, fc.constantFrom(...ends)).map(([inner, [before, after]]): Program => [
      ...[...before, ...inner, ...after],
    ]);
  return {
    value: fc.oneof(
      { maxDepth: 5, depthSize: "small" },
      ...[integers, texts, bytes, others, globals],
      around(some, [[mark], [0x74]], [[mark], [0x6c]], [[0x5d, mark], [0x65]], [[mark], [0x91]], [[
        0x8f,
        mark,
      ], [0x90]]),
      around(pairs, [[0x7d, mark], [0x75]], [[mark], [0x64]]),
      around(tie("value"), [[], [0x85]], [[], [0x94]], [[], [0x71, 0]], [[], [0x51]], [[], [0x32]]),
      around(two, [[], [0x86]], [[], [0x62]], [[], [0x61]], [[], [0x30]]),
      fc.tuple(globals, some, fc.option(tie("value"), { nil: [] })).map(([type, args, state]) => [
        ...[...type, mark, ...args, 0x74, 0x52, ...state, ...(state.length > 0 ? [0x62] : [])],
      ]),
      tensors(),
      oneOf([0x68, 0], [0x6a, ...little(0, 4)], [0x67, ...line("0")], [0x50, ...line("0")]),
    ),
  };
});

/** A tensor, most often one that its storage can hold. */
function tensors(): fc.Arbitrary<Program> {
  const sides = fc.array(fc.nat(4), { maxLength: 4 });
  return fc.tuple(sides, fc.nat(9), fc.nat(2), fc.constantFrom("Float", "Half", "Long", "BFloat16"))
    .map(([shape, fault, key, type]) => {
      const text = (word: string): Program => [0x8c, word.length, ...latin1(word)];
      const number = (one: number): Program => [0x4a, ...little(one, 4)];
      const tuple = (...parts: readonly Program[]): Program => [mark, ...parts.flat(), 0x74];
      const count = shape.reduce((a, b) => a * b, 1) + (fault === 1 ? -1 : fault === 2 ? 1 : 0);
      const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
      const storage = tuple(
        ...[text("storage"), [0x63, ...line("torch"), ...line(`${type}Storage`)]],
        ...[text(`${key}`), text("cpu"), number(count)],
      );
      const rebuild = [0x63, ...line("torch._utils"), ...line("_rebuild_tensor_v2")];
      return [
        ...rebuild,
        ...tuple(
          [...storage, 0x51],
          number(fault === 3 ? 1 : 0),
          tuple(...shape.map(number)),
          tuple(...strides.map(number)),
          [0x89],
          [0x7d],
        ),
        0x52,
      ];
    });
}

/** A few tensors by names, as a state dictionary has them, among any values. */
const dictionaries = fc.array(fc.tuple(texts, fc.oneof(tensors(), value)), { maxLength: 6 })
  .map((items): Program => [0x7d, mark, ...items.flat(2), 0x75]);
const roots = fc.oneof(value, dictionaries);

/** Whole pickles, a few of which end too late or too early. */
export const pickles: fc.Arbitrary<Bytes> = fc.tuple(fc.constantFrom(2, 3, 4, 5), roots, fc.nat(20))
  .map(([protocol, root, fault]) =>
    Uint8Array.from([0x80, protocol, ...root, ...(fault === 0 ? [stop, stop] : [stop])])
  );

/** Files of PyTorch, in both formats, with storages of some lengths. */
export const torchFiles: fc.Arbitrary<Bytes> = fc.tuple(
  pickles,
  fc.array(fc.nat(400), { maxLength: 3 }),
  fc.boolean(),
).map(([pickle, lengths, isLegacy]) => {
  const storages = lengths.map((length) => new Uint8Array(length));
  if (!isLegacy) {
    return zipFile(
      new Map([
        ["net/data.pkl", pickle],
        ...storages.map((bytes, key) => [`net/data/${key}`, bytes] as const),
      ]),
    );
  }
  const keys = storages.flatMap((_, key) => [0x8c, 1, ...latin1(`${key}`)]);
  return joined(
    ...[legacyMagic, [0x80, 2, 0x4d, 0xe9, 3, stop], [0x80, 2, 0x7d, stop], pickle],
    ...[[0x80, 2, 0x5d, mark, ...keys, 0x65, stop]],
    ...storages.flatMap((bytes) => [little(bytes.length >> 2, 8), bytes]),
  );
});

/** Files of NumPy: pickles, and arrays of objects, of numbers and in archives. */
export const numpyFiles: fc.Arbitrary<Bytes> = fc.oneof(
  pickles,
  pickles.map((pickle) => joined(npy("|O", [1], pickle))),
  fc.array(
    fc.tuple(
      fc.constantFrom("conv1_1_W", "conv1_1_b", "a", "arr_0"),
      fc.constantFrom("<f4", "<f2", ">f4", "<i8", "|O", "<f8", "|b1"),
      fc.array(fc.nat(4), { maxLength: 4 }),
      fc.nat(100),
    ),
    { maxLength: 4 },
  ).map((arrays) =>
    zipFile(
      new Map(arrays.map(([name, type, shape, fault]) => {
        const count = shape.reduce((a, b) => a * b, 1);
        const length = fault < 9 ? fault : count * Number(type[2]);
        return [`${name}.npy`, npy(type, shape, new Uint8Array(length || 0))];
      })),
      { compressed: arrays.length % 2 === 1 },
    )
  ),
);
