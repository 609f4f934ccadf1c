import { Problem } from "../../../api/problem";
import { Note } from "../../../components/Badge";
import { Button } from "../../../components/Button";
import { useText } from "../../../i18n/text";
import type { Source } from "./source";
import { TableOptions } from "./TableOptions";

interface Props {
  error: Error;
  source: Source;
  onSource: (source: Source) => void;
  onOther: () => void;
  onRetry: () => void;
}

/** A table that cannot be tried out at all: why, and what helps. */
export function Refused({ error, source, onSource, onOther, onRetry }: Props) {
  const t = useText();
  const problem = error instanceof Problem ? error : null;
  const reasons = problem?.fields ?? [];
  return (
    <div className="stack">
      <Note tone="bad" icon="alert" role="alert">
        <p className="strong">{t.data.trial.refused}</p>
        {reasons.length === 0 && <p>{problem ? problem.message : t.common.failedUnknown}</p>}
        {reasons.map(({ field, code, message }) => (
          <p key={`${field} ${code}`}>
            {message} {t.data.errors.cures[code]}
          </p>
        ))}
        {problem?.requestId && (
          <p className="xs">
            {t.common.requestId} <code>{problem.requestId}</code>
          </p>
        )}
      </Note>
      <TableOptions
        source={source}
        onSource={onSource}
        isOrderOpen={reasons.some(({ code }) => code === "ambiguous_date")}
      />
      <div className="row">
        <Button look="primary" onClick={onOther}>
          {t.data.store.other}
        </Button>
        <Button onClick={onRetry}>{t.common.retry}</Button>
      </div>
    </div>
  );
}
