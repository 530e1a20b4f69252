/** A file with its size and SHA-256. */
export interface PinnedFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** A file of a wheel, which is a zip archive. */
export interface WheelMember extends PinnedFile {
  /** Its deflated bytes in the wheel. */
  readonly packed: PinnedFile & { readonly offset: number };
}

/** A wheel of TensorFlow or of what it needs, and the files of it that are kept. */
export interface Wheel extends PinnedFile {
  readonly package: "tensorflow" | "tensorflow-cpu" | "msvc-runtime";
  /** Default {@linkcode wheelVersion}. */
  readonly version?: string;
  /** pip's platform tag. The wheel need not fit the user's Python. */
  readonly platform: string;
  /** By file name, without the folder in the wheel. */
  readonly files: Readonly<Record<string, WheelMember>>;
}

/** The version of all wheels of TensorFlow. */
export const wheelVersion = "2.21.0";

/** The name by which a package index lists a wheel. */
export function wheelName(
  { package: name, version = wheelVersion, platform }: Pick<
    Wheel,
    "package" | "version" | "platform"
  >,
): string {
  return `${name.replaceAll("-", "_")}-${version}-cp313-cp313-${platform}.whl`;
}

/**
 * The wheels by Deno's names of the systems, as the package index published them:
 * `deno task dev:pin-wheels` prints them.
 */
export const wheels: Readonly<Record<string, Wheel>> = {
  "linux-x86_64": {
    package: "tensorflow-cpu", // On the other systems `tensorflow` itself is for the CPU only.
    platform: "manylinux_2_27_x86_64",
    bytes: 274_271_560,
    sha256: "05af7c26d35f4de910b5598c7b507e3981831a7b0f47fed9a405d995d51d7793",
    files: {
      "libtensorflow_cc.so.2": {
        bytes: 788_086_608,
        sha256: "6505a4b9657e62100c6bdacb683957a395cb047725042945aaa50e40a71e429e",
        packed: {
          offset: 20_323_344,
          bytes: 172_436_101,
          sha256: "b4f2374f2a23361f57d745ff11f4c7672574fb9e6038c97c214b36ca2ebcda09",
        },
      },
      "libtensorflow_framework.so.2": {
        bytes: 65_222_328,
        sha256: "f060b323b26ef80add21b9df9428de3aeaf2843d772c5bb098745f7abff3709b",
        packed: {
          offset: 593_905,
          bytes: 19_634_637,
          sha256: "636c018c995b36e2521e9a77e528f66691bb28dcb2a96e736732a3a25ce601a0",
        },
      },
    },
  },
  "linux-aarch64": {
    package: "tensorflow",
    platform: "manylinux_2_27_aarch64",
    bytes: 282_213_003,
    sha256: "a10abdfb8b1189210c251021a3f153b7ccc52a8e6521351f3dc3331e8ba593e0",
    files: {
      "libtensorflow_cc.so.2": {
        bytes: 814_885_544,
        sha256: "5f7de6ba6478ed7b83767a6e661e3e6e6931b05c64db14ba98250e52316a007c",
        packed: {
          offset: 20_887_156,
          bytes: 174_232_033,
          sha256: "7cae3ac5dafe9d97ffd11959bf5d681014b39c7b68bc5bd3e242f2485da3c184",
        },
      },
      "libtensorflow_framework.so.2": {
        bytes: 68_176_664,
        sha256: "deade33b9ab90ff468fd1d1f8f6079bec5a3a507cf2d13c3218aa8beec28aeb3",
        packed: {
          offset: 775_529,
          bytes: 20_111_565,
          sha256: "d9912f7b515e8b3ba250bd04d920b97db4aa0c81f5c0f226570335887baac3b7",
        },
      },
    },
  },
  "darwin-aarch64": {
    package: "tensorflow",
    platform: "macosx_12_0_arm64",
    bytes: 223_766_900,
    sha256: "a145ed46c58192b7c3f9916d070caf4f6afc6dc7e5511f83dd97677f4c4947f4",
    files: {
      "libtensorflow_cc.2.dylib": {
        bytes: 691_369_176,
        sha256: "ff9c51060f9b59128111137a7db14648497f4098dad97bcf9d7be5b6ed2e072a",
        packed: {
          offset: 94_805,
          bytes: 136_238_153,
          sha256: "ebf272e3f468e5892629041b54ae2e3a3bfa107eafff02f5f537689147e9b3e8",
        },
      },
      "libtensorflow_framework.2.dylib": {
        bytes: 49_452_976,
        sha256: "b85ee779d05c7f091032ef076a1de24567a72e2af6280c078c71c95d531460fb",
        packed: {
          offset: 136_333_030,
          bytes: 14_969_481,
          sha256: "a8ecfc30786a50289a9ab6c75e21484a38155729911e10b844338a6cf5a71889",
        },
      },
    },
  },
  "windows-x86_64": {
    package: "tensorflow",
    platform: "win_amd64",
    bytes: 351_205_371,
    sha256: "76cccbe0a95d9392dee1ae501ae0656b6c73c1cac29a7f8f32d570e0670863f7",
    files: {
      "_pywrap_tensorflow_common.dll": {
        bytes: 1_056_626_688,
        sha256: "f7a3c16a78b9fb62e2c8ec4eba95f705dd6c20a3c4e21226c5effa1cf7a22c14",
        packed: {
          offset: 51_692_226,
          bytes: 278_197_055,
          sha256: "61b78ecd9251cc477c06f577c618663ae17cdf32e29131172ddd9ab8321c0e9a",
        },
      },
    },
  },
};
