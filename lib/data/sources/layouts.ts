import { cifar10Layout } from "./cifar10.ts";
import { imageFolderLayout } from "./class_folders/image_folder.ts";
import { splitFoldersLayout } from "./class_folders/split_folders.ts";
import { ilsvrcLayout } from "./ilsvrc.ts";
import { imagenetLayout } from "./imagenet/imagenet.ts";
import { tinyImagenetLayout } from "./imagenet/tiny_imagenet.ts";
import type { Layout } from "./layout.ts";
import { cifar100Layout, cifar100PythonLayout } from "./records/cifar100.ts";
import { cifar10PythonLayout } from "./records/cifar_python.ts";
import { idxLayout } from "./records/idx.ts";
import { stl10Layout } from "./records/stl10.ts";

/** All layouts that are recognized. Where several fit a folder, the first one is taken. */
export const layouts: readonly Layout[] = [
  cifar10Layout,
  cifar10PythonLayout,
  cifar100Layout,
  cifar100PythonLayout,
  stl10Layout,
  idxLayout,
  ilsvrcLayout,
  tinyImagenetLayout,
  imagenetLayout,
  splitFoldersLayout,
  imageFolderLayout,
];
