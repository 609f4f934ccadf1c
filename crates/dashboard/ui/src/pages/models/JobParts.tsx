import { useParts, type Job } from "../../api/jobs";
import { Button } from "../../components/Button";
import { Failure, Skeleton } from "../../components/States";
import { useText } from "../../i18n/text";
import { JobRow } from "./JobRow";

/** The accounts of a training of all accounts. */
export function JobParts({ job }: { job: Job }) {
  const t = useText();
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
      {query.hasNextPage && (
        <li className="job">
          <Button small busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t.common.more}
          </Button>
        </li>
      )}
    </ul>
  );
}
