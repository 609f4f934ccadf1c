import { shareDone, type Job } from "../../api/jobs";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";

/** How far a job is, in a word or a share. */
export function useProgressText(): (job: Job) => string {
  const { training } = useText();
  const format = useFormat();
  return (job) => {
    if (job.state === "queued") return training.waiting;
    if (job.kind === "train_all" && job.progress.total > 0) {
      return training.accountsDone(format.number(job.progress.done), format.number(job.progress.total));
    }
    const share = shareDone(job);
    return share === null ? training.preparing : format.share(share);
  };
}
