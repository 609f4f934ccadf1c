import type { Trial } from "../../../api/observations";
import { Note } from "../../../components/Badge";
import { useText } from "../../../i18n/text";
import { ErrorsCard } from "./ErrorsCard";
import { FarDays } from "./FarDays";
import { PreviewCard } from "./PreviewCard";
import type { ReviewProps } from "./ReviewStep";
import { StoreBar } from "./StoreBar";
import { TableCard } from "./TableCard";

interface Props extends ReviewProps {
  trial: Trial;
  /** The table is being read in another way; what is shown is of the way before. */
  isStale: boolean;
}

/** What storing the table would do. */
export function Review({ handle, source, onSource, onOther, storing, onStore, trial, isStale }: Props) {
  const t = useText().data.trial;
  return (
    <>
      <Note tone="acc">{t.note}</Note>
      {!trial.accepted && (
        <Note tone="bad" icon="alert" role="alert">
          <p className="strong">{t.unacceptable}</p>
          {trial.errors_total === 0 && <p>{t.noRows}</p>}
          {trial.rows > 0 && trial.skipped >= trial.rows && <p>{t.noSoundRow}</p>}
        </Note>
      )}
      <TableCard source={source} trial={trial} onSource={onSource} />
      {trial.accepted && <FarDays handle={handle} preview={trial.preview} />}
      <div className={trial.accepted && trial.errors_total > 0 ? "data-grid" : "stack"}>
        {trial.accepted && <PreviewCard handle={handle} trial={trial} />}
        {trial.errors_total > 0 && <ErrorsCard handle={handle} trial={trial} source={source} onSource={onSource} />}
      </div>
      <StoreBar key={source.id} trial={trial} storing={storing} isStale={isStale} onOther={onOther} onStore={onStore} />
    </>
  );
}
