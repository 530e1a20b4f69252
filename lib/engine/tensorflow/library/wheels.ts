/** A file with its size and SHA-256. */
export interface PinnedFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** A wheel of TensorFlow, and the files of it that are kept. */
export interface Wheel {
  readonly package: "tensorflow" | "tensorflow-cpu";
  /** pip's platform tag. The wheel need not fit the user's Python. */
  readonly platform: string;
  readonly sha256: string;
  /** By file name, in the wheel's folder `tensorflow`. */
  readonly files: Readonly<Record<string, PinnedFile>>;
}

/** The version of all wheels. */
export const wheelVersion = "2.21.0";

/** The wheels by Deno's names of the systems, as the package index published them. */
export const wheels: Readonly<Record<string, Wheel>> = {
  "linux-x86_64": {
    package: "tensorflow-cpu", // On the other systems `tensorflow` itself is for the CPU only.
    platform: "manylinux_2_27_x86_64",
    sha256: "05af7c26d35f4de910b5598c7b507e3981831a7b0f47fed9a405d995d51d7793",
    files: {
      "libtensorflow_cc.so.2": {
        bytes: 788_086_608,
        sha256: "6505a4b9657e62100c6bdacb683957a395cb047725042945aaa50e40a71e429e",
      },
      "libtensorflow_framework.so.2": {
        bytes: 65_222_328,
        sha256: "f060b323b26ef80add21b9df9428de3aeaf2843d772c5bb098745f7abff3709b",
      },
    },
  },
  "linux-aarch64": {
    package: "tensorflow",
    platform: "manylinux_2_27_aarch64",
    sha256: "a10abdfb8b1189210c251021a3f153b7ccc52a8e6521351f3dc3331e8ba593e0",
    files: {
      "libtensorflow_cc.so.2": {
        bytes: 814_885_544,
        sha256: "5f7de6ba6478ed7b83767a6e661e3e6e6931b05c64db14ba98250e52316a007c",
      },
      "libtensorflow_framework.so.2": {
        bytes: 68_176_664,
        sha256: "deade33b9ab90ff468fd1d1f8f6079bec5a3a507cf2d13c3218aa8beec28aeb3",
      },
    },
  },
  "windows-x86_64": {
    package: "tensorflow",
    platform: "win_amd64",
    sha256: "76cccbe0a95d9392dee1ae501ae0656b6c73c1cac29a7f8f32d570e0670863f7",
    files: {
      "_pywrap_tensorflow_common.dll": {
        bytes: 1_056_626_688,
        sha256: "f7a3c16a78b9fb62e2c8ec4eba95f705dd6c20a3c4e21226c5effa1cf7a22c14",
      },
    },
  },
  "darwin-aarch64": {
    package: "tensorflow",
    platform: "macosx_12_0_arm64",
    sha256: "a145ed46c58192b7c3f9916d070caf4f6afc6dc7e5511f83dd97677f4c4947f4",
    files: {
      "libtensorflow_cc.2.dylib": {
        bytes: 691_369_176,
        sha256: "ff9c51060f9b59128111137a7db14648497f4098dad97bcf9d7be5b6ed2e072a",
      },
      "libtensorflow_framework.2.dylib": {
        bytes: 49_452_976,
        sha256: "b85ee779d05c7f091032ef076a1de24567a72e2af6280c078c71c95d531460fb",
      },
    },
  },
};
