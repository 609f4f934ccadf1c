import { useParts, type Job } from "../../api/jobs";
import { More } from "../../components/More";
import { Failure, Skeleton } from "../../components/States";
import { JobRow } from "./JobRow";

/** The accounts of a training of all accounts. */
export function JobParts({ job }: { job: Job }) {
  const query = useParts(job);
  if (!query.data) {
    return query.isError ? (
      <Failure error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <div className="card-body">
        <Skeleton />
      </div>
    );
  }
  return (
    <ul className="jobs job-parts">
      {query.data.pages
        .flatMap((page) => page.jobs)
        .map((part) => (
          <JobRow key={part.id} job={part} isPart />
        ))}
      <li>
        <More query={query} />
      </li>
    </ul>
  );
}
