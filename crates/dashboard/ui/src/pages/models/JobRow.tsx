import { useState } from "react";
import { Link } from "wouter";
import { isActive, shareDone, useCancelJob, type Job, type JobState } from "../../api/jobs";
import { Badge, type Tone } from "../../components/Badge";
import { Button } from "../../components/Button";
import type { IconName } from "../../components/Icon";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { accountPath } from "../../shell/navigation";
import { Bar } from "../model/Bar";
import { useTraining } from "../model/TrainingProvider";
import { useAsker } from "../model/useAsker";
import { useProgressText } from "../model/useProgressText";
import { JobParts } from "./JobParts";
import { useTook } from "./useTook";

const LOOKS: Record<JobState, { tone: Tone; icon: IconName }> = {
  queued: { tone: "neutral", icon: "clock" },
  running: { tone: "acc", icon: "train" },
  succeeded: { tone: "ok", icon: "check" },
  failed: { tone: "bad", icon: "alert" },
  cancelled: { tone: "neutral", icon: "x" },
};

/** A training of all accounts has succeeded also where some of them failed. */
const lookOf = (job: Job) =>
  job.state === "succeeded" && (job.parts?.failed ?? 0) > 0
    ? ({ tone: "warn", icon: "alert" } as const)
    : LOOKS[job.state];

/** One training: what, who asked, how far it is or how it ended. */
export function JobRow({ job: listed, isPart = false }: { job: Job; isPart?: boolean }) {
  const t = useText();
  const format = useFormat();
  const asker = useAsker();
  const took = useTook();
  const [isOpen, setOpen] = useState(false);
  // A job that is followed is known better than the list knows it.
  const followed = useTraining().jobs.find((one) => one.id === listed.id);
  const job = followed ?? listed;
  const notes = [
    !isPart && t.models.asked(asker(job.asked_by), format.ago(job.created_at)),
    took(job),
    job.parts && !isActive(job) && t.models.parts(format.number(job.progress.done), format.number(job.progress.total)),
    job.parts && job.parts.failed > 0 && t.models.partsFailed(format.number(job.parts.failed)),
  ].filter(Boolean);
  return (
    <li>
      <div className="job">
        <div className="grow stack-s">
          <p className="row-tight wrap-line">
            <JobName job={job} />
            <Badge {...lookOf(job)}>{t.models.jobStates[job.state]}</Badge>
          </p>
          {notes.length > 0 && <p className="small muted">{notes.join(" · ")}</p>}
          {job.error && <p className="small">{job.error.detail}</p>}
          {isActive(job) && <JobProgress job={job} />}
        </div>
        {job.parts && (
          <Button small look="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? t.models.hideParts : t.models.showParts}
          </Button>
        )}
        {isActive(job) && <CancelJob id={job.id} />}
      </div>
      {isOpen && <JobParts job={job} />}
    </li>
  );
}

function JobName({ job }: { job: Job }) {
  const t = useText();
  const format = useFormat();
  if (job.cuenta === null) return <span className="strong">{t.models.jobKinds[job.kind]}</span>;
  const path = accountPath(job.cuenta, "model");
  return (
    <>
      <Link className="strong model-name" href={path}>
        {job.cuenta}
      </Link>
      {job.model_version !== null && (
        <Link className="small" href={`${path}?tab=versions`}>
          {t.models.trainedVersion(format.number(job.model_version))}
        </Link>
      )}
    </>
  );
}

function JobProgress({ job }: { job: Job }) {
  const t = useText();
  const progress = useProgressText();
  const name = job.cuenta ?? t.training.allAccounts;
  return (
    <div className="job-progress">
      <Bar share={job.state === "queued" ? 0 : shareDone(job)} label={t.training.of(name)} />
      <span className="small muted n">{progress(job)}</span>
    </div>
  );
}

function CancelJob({ id }: { id: string }) {
  const t = useText();
  const cancel = useCancelJob();
  const isAsked = cancel.isPending || cancel.isSuccess;
  return (
    <Button small busy={isAsked} onClick={() => cancel.mutate(id)}>
      {isAsked ? t.models.cancelling : t.models.cancel}
    </Button>
  );
}
