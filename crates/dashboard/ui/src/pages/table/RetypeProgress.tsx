import { isActive, shareDone, useCancelJob, type Job, type JobState } from "../../api/jobs";
import { useRetyping, type TableField } from "../../api/tables";
import { Note, type Tone } from "../../components/Badge";
import { Button } from "../../components/Button";
import type { IconName } from "../../components/Icon";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { Bar } from "../model/Bar";
import { Refused } from "./Refused";

/** How far the change of a field's type is that a job makes, and how it ended; nothing where there is none. */
export function RetypeProgress({ field }: { field: TableField }) {
  const { job, forget } = useRetyping(field.id);
  if (!job) return null;
  return isActive(job) ? <Underway field={field} job={job} /> : <Ended job={job} onClose={forget} />;
}

function Underway({ field, job }: { field: TableField; job: Job }) {
  const t = useText().retype;
  const format = useFormat();
  const cancel = useCancelJob();
  const share = shareDone(job);
  return (
    <div className="retyping">
      <p className="small">
        {job.state === "queued" ? t.waiting : t.running}
        {share !== null && ` · ${format.share(share)}`}
      </p>
      <Bar share={share} label={t.progress(field.display_name)} />
      <p className="hint">{t.underway}</p>
      <Refused error={cancel.error} withFields />
      <div>
        <Button small busy={cancel.isPending || cancel.isSuccess} onClick={() => cancel.mutate(job.id)}>
          {t.stop}
        </Button>
      </div>
    </div>
  );
}

const LOOKS: Partial<Record<JobState, { tone: Tone; icon: IconName }>> = {
  succeeded: { tone: "ok", icon: "check" },
  failed: { tone: "bad", icon: "alert" },
};

function Ended({ job, onClose }: { job: Job; onClose: () => void }) {
  const t = useText();
  const { tone, icon } = LOOKS[job.state] ?? { tone: "neutral", icon: "info" };
  const text =
    job.state === "succeeded" ? t.retype.ended : job.state === "failed" ? t.retype.failed : t.retype.cancelled;
  return (
    <div className="retyping">
      <Note tone={tone} icon={icon} role="status">
        <p className="strong">{text}</p>
        {job.state === "succeeded" && <p>{t.retype.keptDone}</p>}
        {job.error && <p>{job.error.detail}</p>}
      </Note>
      <div>
        <Button small onClick={onClose}>
          {t.common.close}
        </Button>
      </div>
    </div>
  );
}
