import type { ReactNode } from "react";
import { Problem } from "../api/problem";
import { useText } from "../i18n/text";
import { Button } from "./Button";
import { Icon } from "./Icon";

/** In the place of what is being read for the first time: as tall as what comes, so that nothing jumps. */
export function Skeleton({ className = "skel-block" }: { className?: string }) {
  const t = useText();
  return (
    <div role="status">
      <div className={`skel ${className}`} />
      <span className="sr">{t.common.loading}</span>
    </div>
  );
}

/** Where a whole screen will stand. */
export function PageSkeleton() {
  return <Skeleton className="skel-page" />;
}

/** What went wrong, what to do next, and the id to quote. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useText();
  const isProblem = error instanceof Problem;
  const isForbidden = isProblem && error.status === 403;
  // Its own words say what to do.
  const isAccount = isProblem && error.code === "ACCOUNT_FORBIDDEN";
  return (
    <div className="failure" role="alert">
      <Icon name={isForbidden ? "lock" : "alert"} />
      <div className="stack-s">
        <p className="strong">
          {isAccount ? t.common.forbiddenAccount : isForbidden ? t.common.forbidden : t.common.failed}
        </p>
        <p>{isProblem ? error.message : t.common.failedUnknown}</p>
        {isForbidden && !isAccount && <p className="muted small">{t.common.forbiddenNext}</p>}
        {isProblem && error.requestId && (
          <p className="muted xs">
            {t.common.requestId} <code>{error.requestId}</code>
          </p>
        )}
        {onRetry && !isForbidden && (
          <Button small icon="train" onClick={onRetry}>
            {t.common.retry}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Nothing is there yet: says so, and the one thing to do. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="nothing">
      <p className="strong">{title}</p>
      {children}
    </div>
  );
}

/** A query, of one page or of many. */
interface Read<T> {
  data: T | undefined;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
}

/** The three states of what is read, in one place. A second read keeps what is shown. */
export function Loaded<T>({
  query,
  skeleton,
  children,
}: {
  query: Read<T>;
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  return skeleton ?? <Skeleton />;
}
