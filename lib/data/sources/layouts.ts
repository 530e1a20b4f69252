import { cifar10Layout } from "./cifar10.ts";
import { ilsvrcLayout } from "./ilsvrc.ts";
import { imageFolderLayout } from "./image_folder.ts";
import { imagenetteLayout } from "./imagenette.ts";
import type { Layout } from "./layout.ts";

/** All layouts that are recognized. Where several fit a folder, the first one is taken. */
export const layouts: readonly Layout[] = [
  cifar10Layout,
  ilsvrcLayout,
  imagenetteLayout,
  imageFolderLayout,
];
