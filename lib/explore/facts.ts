import type { ClassLabel, UnusedFiles } from "../data/dataset.ts";
import type { FileOddity } from "../data/images/picture_facts.ts";

/** A part of a data set. */
export type PartName = "train" | "validation" | "test";

/** What is unusual about a picture. */
export type Oddity = FileOddity | "gray" | "one-color" | "tiny" | "narrow";

/** A picture of a data set. */
export interface PictureRef {
  /** The part of the data set that it is in. */
  readonly split: PartName;
  /** Its number in that part. */
  readonly index: number;
  /** Its path inside the data set. */
  readonly path: string;
  /** The index of its class. */
  readonly label: number;
}

/** The numbers of values between edges. */
export interface Histogram {
  /** Ascending, one more than counts. Lower and higher values count in the first and the last bin. */
  readonly edges: readonly number[];
  /** How many values are from one edge to the next. */
  readonly counts: readonly number[];
}

/** The size of a picture in pixels, upright. */
export interface PictureSize {
  /** From left to right. */
  readonly width: number;
  /** From top to bottom. */
  readonly height: number;
}

/** Pictures that are the same. */
export interface DuplicateGroup {
  /** `exact` if their bytes are the same, else `near`: the same but for compression, size, light or a crop. */
  readonly kind: "exact" | "near";
  /** All of them, in the order of the data set. */
  readonly pictures: readonly PictureRef[];
  /** Whether they are in several parts of the data set. */
  readonly leaks: boolean;
  /** Whether they are in several classes. */
  readonly crossesClasses: boolean;
}

/** The pictures of one part that are in another part too. */
export interface Leak {
  /** The part that is measured on. */
  readonly of: PartName;
  /** The part that has the same pictures. */
  readonly in: PartName;
  /** How many pictures of `of` are in `in` too. */
  readonly pictures: number;
  /** Of how many. */
  readonly total: number;
  /** How many of them have the same bytes there. */
  readonly exact: number;
  /** The first of them, as paths inside the data set. */
  readonly examples: readonly string[];
}

/** Pictures, or files, that have something in common. */
export interface PictureGroup {
  /** How many there are. */
  readonly count: number;
  /** The first of them. */
  readonly examples: readonly PictureRef[];
}

/** What is known of a data set before training: the content of `explore.json`. */
export interface ExplorationFacts {
  /** The name or path that was explored. */
  readonly source: string;
  /** The data set's own name. */
  readonly name: string;
  /** The classes, with their numbers of readable pictures in each part. */
  readonly classes: readonly (ClassLabel & {
    /** The pictures in each part; a part that the data set lacks is absent. */
    readonly pictures: Readonly<Partial<Record<PartName, number>>>;
  })[];
  /** The readable pictures in each part; a part that the data set lacks is absent. */
  readonly pictures: Readonly<Partial<Record<PartName, number>>>;
  /** The largest training class divided by the smallest that has pictures. */
  readonly imbalance: number;
  /** Absent where pictures have no size of their own: they are drawn at any. */
  readonly sizes?: {
    /** The one with the fewest pixels. */
    readonly smallest: PictureSize;
    /** The one with the most pixels. */
    readonly largest: PictureSize;
    /** Medians of widths and of heights. */
    readonly median: PictureSize;
    /** The size of all pictures, if they have one. */
    readonly only?: PictureSize;
    /** The shorter sides in pixels. */
    readonly shorterSide: Histogram;
    /** Width divided by height. */
    readonly aspectRatio: Histogram;
  } | undefined;
  /** The mean lumas of the pictures, 0 to 255. */
  readonly brightness: Histogram;
  /** The standard deviations of the lumas of the pictures, reduced to 32 px, 0 to 128. */
  readonly contrast: Histogram;
  /** Unusual pictures by what is unusual; they are read. */
  readonly odd: Readonly<Partial<Record<Oddity, PictureGroup>>>;
  /** Files that cannot be decoded, by the reason. */
  readonly broken: readonly {
    /** Why they cannot be decoded. */
    readonly reason: string;
    /** How many there are. */
    readonly count: number;
    /** All of them, as paths inside the data set. */
    readonly files: readonly string[];
  }[];
  /** Files in the folder that are not used, by the reason. */
  readonly unused: readonly UnusedFiles[];
  /** Pictures that are the same; the leaks first, then those in several classes. */
  readonly duplicates: readonly DuplicateGroup[];
  /** Pictures that are in several parts. */
  readonly leaks: readonly Leak[];
  /** What should be looked at before training, a line each; leaks first. */
  readonly warnings: readonly string[];
}
