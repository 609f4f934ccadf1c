import { useTrial } from "../../../api/observations";
import { Unreachable } from "../../../api/problem";
import { Review } from "./Review";
import { Refused } from "./Refused";
import type { Source } from "./source";
import { Working } from "./Working";

export interface Storing {
  isBusy: boolean;
  /** The share that was sent, where the browser tells it. */
  progress: number | null;
  error: Error | null;
}

export interface ReviewProps {
  handle: string;
  source: Source;
  /** The same table, to be read in another way. */
  onSource: (source: Source) => void;
  onOther: () => void;
  storing: Storing;
  onStore: (leavesOut: boolean) => void;
}

/** The dry run of a table: what it would do, or why it cannot be read. */
export function ReviewStep(props: ReviewProps) {
  const { handle, source, onSource, onOther } = props;
  const { trial, progress } = useTrial(handle, source, source);
  if (trial.data) return <Review {...props} trial={trial.data} isStale={trial.isPlaceholderData} />;
  if (trial.isError && !(trial.error instanceof Unreachable)) {
    return (
      <Refused
        error={trial.error}
        source={source}
        onSource={onSource}
        onOther={onOther}
        onRetry={() => void trial.refetch()}
      />
    );
  }
  return <Working name={source.name} progress={progress} />;
}
