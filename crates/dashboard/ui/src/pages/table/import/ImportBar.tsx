import type { ImportAnswer } from "../../../api/imports";
import type { Dictionary } from "../../../i18n/es";
import { useText } from "../../../i18n/text";
import type { Storing } from "../../data/upload/ReviewStep";
import { StoreFoot } from "../../data/upload/StoreFoot";

interface Props {
  answer: ImportAnswer;
  storing: Storing;
  isStale: boolean;
  onOther: () => void;
  onStore: (leavesOut: boolean) => void;
}

/** What a click would import. Rows with errors are left out only by somebody who says so. */
export function ImportBar({ answer, storing, isStale, onOther, onStore }: Props) {
  const t = useText();
  const rows = answer.created + answer.changed;
  const hasErrors = answer.errors_total > 0;
  return (
    <StoreFoot
      rows={rows}
      skipped={answer.skipped}
      hindrance={hindranceOf(answer, rows, t)}
      {...{ hasErrors, storing, isStale, onOther }}
      onStore={() => onStore(hasErrors)}
    />
  );
}

/** Why nothing can be imported; null where something can. */
function hindranceOf({ needs, accepted, total, skipped, errors_total }: ImportAnswer, rows: number, t: Dictionary) {
  if (needs) return t.imports.answerFirst;
  if (!accepted) return `${t.data.trial.unacceptable}.`;
  if (total === 0) return t.data.trial.noRows;
  if (skipped >= total) return t.data.trial.noSoundRow;
  if (rows === 0) return errors_total > 0 ? t.data.store.nothingSound : t.data.store.nothing;
  return null;
}
