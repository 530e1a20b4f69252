import { join } from "@std/path";
import { cacheFolder } from "../library/cache_folder.ts";
import type { Wheel } from "../library/wheels.ts";

const version = "14.51.36231";

/** The wheel with the run-time of Visual C++, as the package index published it. */
export const runtimeWheel: Wheel = {
  package: "msvc-runtime",
  version,
  platform: "win_amd64",
  bytes: 2_052_033,
  sha256: "f3c3ac4f733a774f6ae209567e533bfde6f72dc1c10977733bfe09ce01e5b624",
  files: {
    "vcruntime140.dll": {
      bytes: 178_616,
      sha256: "d1f4225df2cd877dbf130d5668a021dce3f94118455ff5ec952061c30afc9ce7",
      packed: {
        offset: 1_914_444,
        bytes: 85_393,
        sha256: "58c44ad701f8c28483719466dd15508ac82ed0f5c52a876728b21f3390639fad",
      },
    },
    "vcruntime140_1.dll": {
      bytes: 50_112,
      sha256: "a7146c08f89fe5b04541ab507cdb59ff7b44534d4ba3c668a426c6450a03434e",
      packed: {
        offset: 1_999_928,
        bytes: 26_615,
        sha256: "9227c722cadb35ae0e17776fb628664da2a14887de33f29f248c27723d8f34f0",
      },
    },
    "msvcp140.dll": {
      bytes: 643_512,
      sha256: "7c26614e1d733892c2deac7e245ce115504b1d80592dd0a01b08e3e5a55f89ca",
      packed: {
        offset: 1_135_436,
        bytes: 202_959,
        sha256: "b16f02e9d1e7822ea7db8c1e946d7cc8bed911ec347a20dac62dfbe824b7af22",
      },
    },
  },
};

/** The folder into which the run-time is fetched where Windows has none. */
export function runtimeFolder(): string {
  return join(cacheFolder(), `msvc-runtime-${version}`);
}
