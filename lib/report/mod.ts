/**
 * The report: one HTML page about a run, or about several side by side.
 *
 * The page is a single file that loads nothing over the network.
 *
 * @example
 * ```ts ignore
 * import { writeReport } from "vgg/report";
 *
 * await writeReport(["runs/mine"]); // the path of runs/mine/report.html
 * ```
 *
 * @module
 */

export { type ReportOptions, writeReport } from "./write_report.ts";
