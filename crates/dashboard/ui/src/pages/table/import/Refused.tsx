import { FOUND_OUT, type ImportOptions } from "../../../api/importOptions";
import { Problem } from "../../../api/problem";
import { Note } from "../../../components/Badge";
import { Button } from "../../../components/Button";
import { useText } from "../../../i18n/text";
import { isTold } from "./options";

interface Props {
  error: Error;
  options: ImportOptions;
  onOptions: (options: ImportOptions) => void;
  onOther: () => void;
  onRetry: () => void;
}

/** A file that cannot be tried out at all: why, and what helps. */
export function Refused({ error, options, onOptions, onOther, onRetry }: Props) {
  const t = useText();
  const problem = error instanceof Problem ? error : null;
  const reasons = problem?.fields ?? [];
  return (
    <div className="stack">
      <Note tone="bad" icon="alert" role="alert">
        <p className="strong">{t.data.trial.refused}</p>
        {reasons.length === 0 && <p>{problem ? problem.message : t.common.failedUnknown}</p>}
        {reasons.map(({ field, code, message }) => (
          <p key={`${field} ${code}`}>{message}</p>
        ))}
        {problem?.requestId && (
          <p className="xs">
            {t.common.requestId} <code>{problem.requestId}</code>
          </p>
        )}
      </Note>
      <div className="row">
        {isTold(options) && (
          <Button look="primary" onClick={() => onOptions(FOUND_OUT)}>
            {t.imports.asFound}
          </Button>
        )}
        <Button onClick={onOther}>{t.data.store.other}</Button>
        <Button onClick={onRetry}>{t.common.retry}</Button>
      </div>
    </div>
  );
}
