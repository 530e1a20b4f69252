/**
 * The demo: a page that runs a trained net in a browser.
 *
 * The page opens from a disk and loads nothing over the network.
 *
 * @example
 * ```ts ignore
 * import { writeDemo } from "vgg/demo";
 *
 * await writeDemo("runs/mine"); // { path: "runs/mine/demo.html", … }
 * ```
 *
 * @module
 */

export type { WeightPrecision } from "./precision.ts";
export { type Demo, type DemoAccuracy, type DemoOptions, writeDemo } from "./write_demo.ts";
