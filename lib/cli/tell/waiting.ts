import { formatActivity, type OnActivity, timeLeft } from "../../display/activity.ts";
import { logError, type ProgressLine, startProgress } from "../progress.ts";

/** Shows what the user waits for: a bar for each activity. */
export interface Waiting {
  readonly at: OnActivity;
  end(): void;
}

/** Milliseconds between two lines about an activity whose total is unknown. */
const lineInterval = 10_000;

/** Shows one activity after another, with its verb and the time left. */
export function showWaiting(): Waiting {
  const left = timeLeft();
  let verb = "";
  let shown: ProgressLine | undefined;
  let told = performance.now();
  const end = (): void => {
    shown?.end();
    shown = undefined;
    verb = "";
  };
  return {
    at: (done, total, activity) => {
      if (activity.verb !== verb) {
        end();
        verb = activity.verb;
        shown = startProgress(verb);
      }
      const rest = left(done, total, activity);
      if (Number.isFinite(total)) {
        const { unit } = activity;
        return shown?.at(Math.round(done), Math.round(total), rest ? `${unit}, ${rest}` : unit);
      }
      if (performance.now() - told < lineInterval) return;
      told = performance.now();
      logError(formatActivity(done, total, activity, ""));
    },
    end,
  };
}
