import { join } from "@std/path";
import { isFile, isFolder } from "../sources/folders.ts";
import type { RemoteFile } from "../../files/remote/remote_file.ts";

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

const fastai = "https://s3.amazonaws.com/fast-ai-imageclas/";
const toronto = "https://www.cs.toronto.edu/~kriz/";

function archive(
  set: string,
  url: string,
  bytes: number,
  value: string,
  algorithm: "sha256" | "md5" = "sha256",
): RemoteFile {
  return { name: `${set}'s archive`, url, bytes, digest: { algorithm, value } };
}

/**
 * The data sets that can be downloaded as one archive. The digests are their authors', but for CIFAR-100's
 * and EuroSAT's size, which TensorFlow Datasets publishes. Of Tiny ImageNet and EuroSAT only MD5 digests
 * are published.
 */
export const downloadableSets: readonly DownloadableSet[] = [
  {
    name: "cifar10",
    title: "CIFAR-10: 60,000 images of 32 × 32 px in ten classes",
    archive: archive(
      "cifar10",
      `${toronto}cifar-10-binary.tar.gz`,
      170_052_171,
      "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    ),
    terms: "its authors state none",
  },
  {
    name: "cifar100",
    title: "CIFAR-100: 60,000 images of 32 × 32 px in a hundred classes",
    archive: archive(
      "cifar100",
      `${toronto}cifar-100-binary.tar.gz`,
      168_513_733,
      "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
    ),
    terms: "its authors state none",
  },
  {
    name: "imagenette160",
    title: "Imagenette: ten easy ImageNet classes, shortest side 160 px",
    archive: archive(
      "imagenette160",
      `${fastai}imagenette2-160.tgz`,
      99_003_388,
      "64d0c4859f35a461889e0147755a999a48b49bf38a7e0f9bd27003f10db02fe5",
    ),
    terms: imagenetTerms,
  },
  {
    name: "imagenette320",
    title: "Imagenette: ten easy ImageNet classes, shortest side 320 px",
    archive: archive(
      "imagenette320",
      `${fastai}imagenette2-320.tgz`,
      341_663_724,
      "569b4497c98db6dd29f335d1f109cf315fe127053cedf69010d047f0188e158c",
    ),
    terms: imagenetTerms,
  },
  {
    name: "imagenette",
    title: "Imagenette: ten easy ImageNet classes, images of their full size",
    archive: archive(
      "imagenette",
      `${fastai}imagenette2.tgz`,
      1_557_161_267,
      "6cbfac238434d89fe99e651496f0812ebc7a10fa62bd42d6874042bf01de4efd",
    ),
    terms: imagenetTerms,
  },
  {
    name: "tiny-imagenet",
    title: "Tiny ImageNet: 110,000 images of 64 × 64 px in 200 ImageNet classes",
    archive: archive(
      "tiny-imagenet",
      "http://cs231n.stanford.edu/tiny-imagenet-200.zip",
      248_100_043,
      "90528d7ca1a48142e341f4ef8d21d0de",
      "md5",
    ),
    terms: imagenetTerms,
  },
  {
    name: "eurosat",
    title: "EuroSAT: 27,000 satellite images of 64 × 64 px in ten classes",
    archive: archive(
      "eurosat",
      "https://huggingface.co/datasets/torchgeo/eurosat/resolve/" +
        "c877bcd43f099cd0196738f714544e355477f3fd/EuroSAT.zip",
      94_280_567,
      "c8fa014336c82ac7804f0398fcb19387",
      "md5",
    ),
    terms: "MIT",
  },
];

/** The folder of a downloaded set, and the path of its archive while it is fetched. */
export function setPaths(set: DownloadableSet, root: string): { folder: string; part: string } {
  return { folder: join(root, set.name), part: join(root, `${set.name}.download.part`) };
}

/** Whether a set is downloaded: `whole`, `begun` (the download can be resumed) or `absent`. */
export interface SetState {
  readonly set: DownloadableSet;
  readonly state: "whole" | "begun" | "absent";
}

/** Lists all downloadable sets, and whether they are in the folder `root`. */
export async function listSets(root: string): Promise<SetState[]> {
  return await Promise.all(downloadableSets.map(async (set): Promise<SetState> => {
    const { folder, part } = setPaths(set, root);
    // The folder is created by a rename: it is complete if it exists.
    if (await isFolder(folder)) return { set, state: "whole" };
    return { set, state: await isFile(part) ? "begun" : "absent" };
  }));
}
