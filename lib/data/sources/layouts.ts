import { cifar10Layout } from "./cifar10.ts";
import { imageFolderLayout } from "./class_folders/image_folder.ts";
import { splitFoldersLayout } from "./class_folders/split_folders.ts";
import { ilsvrcLayout } from "./ilsvrc.ts";
import { imagenetLayout } from "./imagenet/imagenet.ts";
import { noisyImagenetteLayout } from "./imagenet/noisy_imagenette.ts";
import { tinyImagenetLayout } from "./imagenet/tiny_imagenet.ts";
import { labelsLayout } from "./labels/labels_layout.ts";
import type { Layout } from "./layout.ts";
import { caltech101Layout, caltech256Layout } from "./official/caltech.ts";
import { flowers102Layout } from "./official/flowers102.ts";
import { gtsrbLayout } from "./official/gtsrb.ts";
import {
  cub200Layout,
  food101Layout,
  oxfordPetsLayout,
  stanfordDogsLayout,
} from "./official/listed_sets.ts";
import { cifar100Layout, cifar100PythonLayout } from "./records/cifar100.ts";
import { cifar100MatlabLayout, cifar10MatlabLayout } from "./records/cifar_matlab.ts";
import { cifar10PythonLayout } from "./records/cifar_python.ts";
import { idxLayout } from "./records/idx.ts";
import { stl10Layout } from "./records/stl10.ts";
import { svhnLayout } from "./records/svhn.ts";

/** All layouts that are recognized. Where several fit a folder, the first one is taken. */
export const layouts: readonly Layout[] = [
  cifar10Layout,
  cifar10PythonLayout,
  cifar10MatlabLayout,
  cifar100Layout,
  cifar100PythonLayout,
  cifar100MatlabLayout,
  stl10Layout,
  idxLayout,
  svhnLayout,
  ilsvrcLayout,
  tinyImagenetLayout,
  imagenetLayout,
  noisyImagenetteLayout,
  caltech101Layout,
  caltech256Layout,
  gtsrbLayout,
  flowers102Layout,
  food101Layout,
  cub200Layout,
  oxfordPetsLayout,
  stanfordDogsLayout,
  splitFoldersLayout,
  labelsLayout,
  imageFolderLayout,
];
