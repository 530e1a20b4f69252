import type { ConfigurationName } from "../vgg/configurations.ts";

/** A training scale in the paper's pixels, for crops of 224: one side, or the lowest and the highest. */
export type TrainSide = readonly [number] | readonly [lowest: number, highest: number];

/** A line of the paper's table 3 (one test scale) or 4 (several). */
export interface PublishedErrors {
  /** The number of the table. */
  readonly table: 3 | 4;
  /** The configuration of the network. */
  readonly net: ConfigurationName;
  /** S, the shortest side of training images. */
  readonly train: TrainSide;
  /** Q, the shortest sides of test images. */
  readonly test: readonly number[];
  /** The top-1 error on ImageNet's 50,000 validation images in percent. */
  readonly top1: number;
  /** The top-5 error in percent. */
  readonly top5: number;
}

type Lines = readonly (readonly [net: ConfigurationName, top1: number, top5: number])[];

/** Tables 3 and 4 of the paper (arXiv:1409.1556): dense evaluation with flips. */
export const published: readonly PublishedErrors[] = [
  ...lines(3, [256], [256], [
    ["A", 29.6, 10.4],
    ["A-LRN", 29.7, 10.5],
    ["B", 28.7, 9.9],
    ["C", 28.1, 9.4],
    ["D", 27.0, 8.8],
    ["E", 27.3, 9.0],
  ]),
  ...lines(3, [384], [384], [["C", 28.1, 9.3], ["D", 26.8, 8.7], ["E", 26.9, 8.7]]),
  ...lines(3, [256, 512], [384], [["C", 27.3, 8.8], ["D", 25.6, 8.1], ["E", 25.5, 8.0]]),
  ...lines(4, [256], [224, 256, 288], [
    ["B", 28.2, 9.6],
    ["C", 27.7, 9.2],
    ["D", 26.6, 8.6],
    ["E", 26.9, 8.7],
  ]),
  ...lines(4, [384], [352, 384, 416], [["C", 27.8, 9.2], ["D", 26.5, 8.6], ["E", 26.7, 8.6]]),
  ...lines(4, [256, 512], [256, 384, 512], [["C", 26.3, 8.2], ["D", 24.8, 7.5], ["E", 24.8, 7.5]]),
];

function lines(
  table: 3 | 4,
  train: TrainSide,
  test: readonly number[],
  errors: Lines,
): PublishedErrors[] {
  return errors.map(([net, top1, top5]) => ({ table, net, train, test, top1, top5 }));
}
