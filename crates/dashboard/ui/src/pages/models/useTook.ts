import type { Job } from "../../api/jobs";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";

/** How long a job took; null while it goes on, and where it was never begun. */
export function useTook(): (job: Job) => string | null {
  const { models } = useText();
  const format = useFormat();
  return ({ started_at: started, finished_at: finished }) => {
    if (!started || !finished) return null;
    const seconds = Math.max(0, (Date.parse(finished) - Date.parse(started)) / 1000);
    const whole = Math.round(seconds);
    if (seconds < 1) return models.tookLess;
    return models.took(
      whole < 60
        ? models.seconds(format.number(seconds, seconds < 10 ? 1 : 0))
        : models.minutes(format.number(Math.floor(whole / 60)), format.number(whole % 60)),
    );
  };
}
