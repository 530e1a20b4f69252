import { join } from "@std/path";
import { isFile, isFolder } from "../sources/folders.ts";
import type { RemoteFile } from "./remote_file.ts";

/** A data set that its authors publish as one archive. */
export interface DownloadableSet {
  /** The name by which it is loaded, and that of its folder. */
  readonly name: string;
  readonly title: string;
  readonly archive: RemoteFile;
  /** The terms of use. */
  readonly terms: string;
}

const imagenetTerms = "ImageNet's terms: non-commercial research and education";

/** The data sets that can be downloaded. */
export const downloadableSets: readonly DownloadableSet[] = [
  {
    name: "cifar10",
    title: "CIFAR-10: 60,000 images of 32 × 32 px in ten classes",
    archive: {
      name: "cifar10's archive",
      url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
      bytes: 170_052_171,
      digest: {
        algorithm: "sha256",
        value: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
      },
    },
    terms: "its authors state none",
  },
  {
    name: "imagenette160",
    title: "Imagenette: ten easy ImageNet classes, shortest side 160 px",
    archive: {
      name: "imagenette160's archive",
      url: "https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-160.tgz",
      bytes: 99_003_388,
      digest: {
        algorithm: "sha256",
        value: "64d0c4859f35a461889e0147755a999a48b49bf38a7e0f9bd27003f10db02fe5",
      },
    },
    terms: imagenetTerms,
  },
  {
    name: "imagenette320",
    title: "Imagenette: ten easy ImageNet classes, shortest side 320 px",
    archive: {
      name: "imagenette320's archive",
      url: "https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-320.tgz",
      bytes: 341_663_724,
      digest: {
        algorithm: "sha256",
        value: "569b4497c98db6dd29f335d1f109cf315fe127053cedf69010d047f0188e158c",
      },
    },
    terms: imagenetTerms,
  },
];

/** The folder of a downloaded set, and the path of its archive while it is fetched. */
export function setPaths(set: DownloadableSet, root: string): { folder: string; part: string } {
  return { folder: join(root, set.name), part: join(root, `${set.name}.download.part`) };
}

/** Whether a set is downloaded: `whole`, `begun` (the download can be resumed) or `absent`. */
export interface SetState {
  readonly set: DownloadableSet;
  readonly folder: string;
  readonly state: "whole" | "begun" | "absent";
}

/** Lists all downloadable sets, and whether they are in the folder `root`. */
export async function listSets(root: string): Promise<SetState[]> {
  return await Promise.all(downloadableSets.map(async (set): Promise<SetState> => {
    const { folder, part } = setPaths(set, root);
    // The folder is created by a rename: it is complete if it exists.
    if (await isFolder(folder)) return { set, folder, state: "whole" };
    return { set, folder, state: await isFile(part) ? "begun" : "absent" };
  }));
}
