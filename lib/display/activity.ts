import { duration, percent } from "./format.ts";

/** A kind of work that the user waits for. */
export interface Activity {
  /** What is being done: `Drawing`, `Reading`, `Downloading TensorFlow 2.21.0`. */
  readonly verb: string;
  /** What is counted: `images`, `MB`. */
  readonly unit: string;
}

/**
 * Called while the user waits.
 *
 * @param done How much is done, in the activity's unit.
 * @param total Of how much; `Infinity` if that is unknown.
 */
export type OnActivity = (done: number, total: number, activity: Activity) => void;

/** The pace is known after these milliseconds, and this share of the work, or the longer time. */
const [shortest, enough, longest] = [1000, 0.01, 10_000];

/**
 * Estimates the time left of one activity after another, each at its own pace. An activity that starts
 * again from a smaller number is a new one.
 *
 * @param now The clock in milliseconds.
 * @returns A function of the current state, which returns `12 s left`, or an empty text while the pace is
 *   unknown.
 */
export function timeLeft(now: () => number = () => performance.now()): (
  ...state: Parameters<OnActivity>
) => string {
  let [verb, first, start, last] = ["", 0, 0, 0];
  return (done, total, activity) => {
    if (activity.verb !== verb || done < last) [verb, first, start] = [activity.verb, done, now()];
    last = done;
    const [passed, elapsed] = [done - first, now() - start];
    if (passed <= 0 || elapsed < shortest || done >= total || !Number.isFinite(total)) return "";
    // The first images are slow, because workers start.
    if (passed < enough * total && elapsed < longest) return "";
    return `${duration((total - done) / passed * elapsed / 1000)} left`;
  };
}

/**
 * Formats the state of an activity: `Drawing: 26.7 %, 1,200 of 4,500 images, 12 s left`.
 *
 * @param left The time left, or an empty text.
 */
export function formatActivity(
  done: number,
  total: number,
  { verb, unit }: Activity,
  left: string,
): string {
  const count = (number: number): string => Math.round(number).toLocaleString("en-US");
  if (!Number.isFinite(total)) return `${verb}: ${count(done)} ${unit} so far`;
  const share = percent(total === 0 ? 1 : done / total);
  return [`${verb}: ${share}`, `${count(done)} of ${count(total)} ${unit}`, left]
    .filter((part) => part !== "").join(", ");
}
