import { Link } from "wouter";
import { shareDone, useCancelJob, type Job } from "../../api/jobs";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { useText } from "../../i18n/text";
import { Bar } from "./Bar";
import { useProgressText } from "./useProgressText";
import "../../styles/training.css";

/** The trainings that go on, on every screen: one with its progress, several as their number. */
export function TrainingDock({ jobs }: { jobs: readonly Job[] }) {
  const t = useText();
  const [first] = jobs;
  return (
    <div className="training-dock" role="region" aria-label={t.training.title} hidden={!first}>
      {first && jobs.length === 1 ? <OneTraining job={first} /> : <Several jobs={jobs} />}
    </div>
  );
}

function OneTraining({ job }: { job: Job }) {
  const t = useText();
  const cancel = useCancelJob();
  const progress = useProgressText();
  const name = job.cuenta ?? t.training.allAccounts;
  return (
    <>
      <Icon name="train" />
      <div className="grow stack-s">
        <p className="row-tight between">
          <span className="strong one-line">{t.training.of(name)}</span>
          <span className="small muted n nowrap">{progress(job)}</span>
        </p>
        <Bar share={shareDone(job)} label={t.training.of(name)} />
      </div>
      <Button small busy={cancel.isPending || cancel.isSuccess} onClick={() => cancel.mutate(job.id)}>
        {t.common.cancel}
      </Button>
    </>
  );
}

function Several({ jobs }: { jobs: readonly Job[] }) {
  const t = useText();
  return (
    <>
      <Icon name="train" />
      <p className="grow strong">{t.training.several(jobs.length)}</p>
      <Link href="/models" className="btn btn-s">
        {t.training.seeAll}
      </Link>
    </>
  );
}
