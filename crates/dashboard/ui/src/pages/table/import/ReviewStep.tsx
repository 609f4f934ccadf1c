import type { ImportOptions } from "../../../api/importOptions";
import { useImportTrial } from "../../../api/imports";
import { Unreachable } from "../../../api/problem";
import type { Table } from "../../../api/tables";
import type { Storing } from "../../data/upload/ReviewStep";
import { Working } from "../../data/upload/Working";
import type { Chosen } from "./chosen";
import { Refused } from "./Refused";
import { Review } from "./Review";

export interface ReviewProps {
  table: Table;
  chosen: Chosen;
  /** The same file, to be read in another way. */
  onOptions: (options: ImportOptions) => void;
  onOther: () => void;
  storing: Storing;
  onStore: (leavesOut: boolean) => void;
}

/** The dry run of a file: what importing it would do, or why it cannot be read. */
export function ReviewStep(props: ReviewProps) {
  const { table, chosen, onOptions, onOther } = props;
  const { source, options, id } = chosen;
  const { trial, progress } = useImportTrial(table.id, { id, body: source.body, options });
  // Before what was read in the way before: of that, nothing holds any more.
  if (trial.isError && !(trial.error instanceof Unreachable)) {
    return (
      <Refused
        error={trial.error}
        options={options}
        onOptions={onOptions}
        onOther={onOther}
        onRetry={() => void trial.refetch()}
      />
    );
  }
  if (trial.data) return <Review {...props} answer={trial.data} isStale={trial.isPlaceholderData} />;
  return <Working name={source.name} progress={progress} />;
}
