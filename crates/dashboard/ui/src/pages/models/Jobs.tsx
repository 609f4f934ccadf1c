import { useJobs, type JobState } from "../../api/jobs";
import { Card } from "../../components/Card";
import { More } from "../../components/More";
import { Select } from "../../components/Field";
import { Empty, Failure, Skeleton } from "../../components/States";
import { useUrlState } from "../../components/useUrlState";
import { useText } from "../../i18n/text";
import { JobRow } from "./JobRow";

const STATES = ["all", "running", "queued", "succeeded", "failed", "cancelled"] as const;

/** The trainings that go on, and those of the last month. */
export function Jobs() {
  const t = useText();
  const [text, setText] = useUrlState<string>("state", "all");
  const state: JobState | null = STATES.slice(1).find((one): one is JobState => one === text) ?? null;
  const query = useJobs(state);
  const jobs = query.data?.pages.flatMap((page) => page.jobs);
  return (
    <Card
      title={t.models.jobs}
      note={t.models.jobsNote}
      actions={
        <Select
          label={t.models.jobsFilter}
          hideLabel
          value={state ?? "all"}
          onChange={setText}
          options={STATES.map((value) => ({ value, text: t.models.jobStates[value] }))}
        />
      }
      flush
    >
      {jobs ? (
        jobs.length === 0 ? (
          <Empty title={state ? t.models.jobsNoneState : t.models.jobsNone} />
        ) : (
          <ul className="jobs">
            {jobs.map((job) => (
              <JobRow key={job.id} job={job} />
            ))}
          </ul>
        )
      ) : query.isError ? (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <div className="card-body">
          <Skeleton />
        </div>
      )}
      <More query={query} />
    </Card>
  );
}
