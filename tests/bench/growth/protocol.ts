/** What a process of its own is to measure. */
export type Work =
  /** Lists the images of a folder and shuffles them once. */
  | { readonly what: "list"; readonly folder: string }
  /** Trains for one short pass, and makes all that comes after: the evaluation, the figures and the report. */
  | { readonly what: "results"; readonly folder: string }
  /** Trains: to the first step, some steps further, and to the end of the epochs if they are given. */
  | {
    readonly what: "train";
    readonly folder: string;
    readonly decode: "first" | "streamed";
    readonly configuration: "A" | "D";
    readonly size: number;
    readonly width: number;
    readonly batch: number;
    /** Steps after the first whose median counts; with 0 the training goes on to its end. */
    readonly steps: number;
    readonly epochs: number;
  };

/** What has been used since the process began. */
export interface Used {
  /** Of all cores together. */
  readonly coreSeconds: number;
  /** The most memory that the process held (Linux's VmHWM). */
  readonly peakBytes: number;
}

/** What a process answers. */
export interface Measured {
  /**
   * By the name of what had been done then: `list`, `shuffle`, `first step`, `end`; `trained`, `evaluated`,
   * `drawn`, `reported`.
   */
  readonly at: Readonly<Record<string, Used>>;
  /** The median of the steps after the first. */
  readonly coreSecondsOfStep?: number;
  /** The sizes of files, by their names. */
  readonly bytes?: Readonly<Record<string, number>>;
}
