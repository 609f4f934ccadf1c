import type { UseQueryResult } from "@tanstack/react-query";
import { useMetrics, useModelInfo, type Metrics, type ModelInfo } from "../../api/models";
import { IconButton } from "../../components/Button";
import { Card } from "../../components/Card";
import { Failure, Skeleton } from "../../components/States";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { ComparedFigures } from "./ComparedFigures";
import { ComparedWeights } from "./ComparedWeights";

export interface Side {
  info: ModelInfo;
  metrics: Metrics;
}

/** Two versions side by side, and what changed from the older to the newer one. */
export function CompareVersions({
  handle,
  a,
  b,
  onClose,
}: {
  handle: string;
  a: number;
  b: number;
  onClose: () => void;
}) {
  const t = useText();
  const format = useFormat();
  const older = useSide(handle, a);
  const newer = useSide(handle, b);
  const failed = [older, newer].find((side) => side.failed);
  return (
    <Card
      title={t.model.compareTitle(format.number(a), format.number(b))}
      note={t.model.compareNote}
      actions={<IconButton label={t.model.compareClose} icon="x" small onClick={onClose} />}
      flush
    >
      {failed?.failed ? (
        <Failure error={failed.failed.error} onRetry={() => void failed.failed?.refetch()} />
      ) : older.side && newer.side ? (
        <div className="compared">
          <ComparedFigures older={older.side} newer={newer.side} />
          <ComparedWeights older={older.side} newer={newer.side} />
        </div>
      ) : (
        <div className="card-body">
          <Skeleton className="skel-model" />
        </div>
      )}
    </Card>
  );
}

function useSide(handle: string, version: number): { side: Side | null; failed: UseQueryResult | null } {
  const info = useModelInfo(handle, version);
  const metrics = useMetrics(handle, version);
  const failed = [info, metrics].find((query) => query.isError && query.data === undefined) ?? null;
  return { side: info.data && metrics.data ? { info: info.data, metrics: metrics.data } : null, failed };
}
