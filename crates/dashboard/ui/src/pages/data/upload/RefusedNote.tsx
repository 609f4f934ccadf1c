import { Problem } from "../../../api/problem";
import { Note } from "../../../components/Badge";
import { useText } from "../../../i18n/text";

interface Props {
  error: Error;
  /** What helps against a broken rule, where something does. */
  cureOf?: (code: Problem["fields"][number]["code"]) => string | undefined;
}

/** Why a file cannot be tried out at all. */
export function RefusedNote({ error, cureOf }: Props) {
  const t = useText();
  const problem = error instanceof Problem ? error : null;
  const reasons = problem?.fields ?? [];
  return (
    <Note tone="bad" icon="alert" role="alert">
      <p className="strong">{t.data.trial.refused}</p>
      {reasons.length === 0 && <p>{problem ? problem.message : t.common.failedUnknown}</p>}
      {reasons.map(({ field, code, message }) => (
        <p key={`${field} ${code}`}>
          {message} {cureOf?.(code)}
        </p>
      ))}
      {problem?.requestId && (
        <p className="xs">
          {t.common.requestId} <code>{problem.requestId}</code>
        </p>
      )}
    </Note>
  );
}
