import type { Trial } from "../../../api/observations";
import { useText } from "../../../i18n/text";
import type { Storing } from "./ReviewStep";
import { StoreFoot } from "./StoreFoot";

interface Props {
  trial: Trial;
  storing: Storing;
  isStale: boolean;
  onOther: () => void;
  onStore: (leavesOut: boolean) => void;
}

/** What a click would store. Lines with errors are left out only by somebody who says so. */
export function StoreBar({ trial, storing, isStale, onOther, onStore }: Props) {
  const t = useText().data;
  const rows = trial.would_insert + trial.would_update;
  const hasErrors = trial.errors_total > 0;
  // Columns that are not used are shown as such; the API passes over them where it is told to leave out what is not known.
  const leavesOut = hasErrors || trial.mapping.some(({ field }) => field === null);
  const nothing = hasErrors ? t.store.nothingSound : t.store.nothing;
  const hindrance = !trial.accepted ? `${t.trial.unacceptable}.` : rows === 0 ? nothing : null;
  return (
    <StoreFoot
      rows={rows}
      skipped={trial.skipped}
      {...{ hasErrors, hindrance, storing, isStale, onOther }}
      onStore={() => onStore(leavesOut)}
    />
  );
}
