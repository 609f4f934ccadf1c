import { Problem, Unreachable } from "../../../api/problem";
import { Note } from "../../../components/Badge";
import { useText } from "../../../i18n/text";

/** Why a table was not stored. */
export function StoreFailed({ error }: { error: Error }) {
  const t = useText();
  const text =
    error instanceof Unreachable
      ? t.data.store.lost
      : error instanceof Problem
        ? error.message
        : t.common.failedUnknown;
  return (
    <div className="whole-row">
      <Note tone="bad" icon="alert" role="alert">
        <p>{text}</p>
        {error instanceof Problem &&
          error.fields.map(({ field, code, message }) => <p key={`${field} ${code}`}>{message}</p>)}
        {error instanceof Problem && error.requestId && (
          <p className="xs">
            {t.common.requestId} <code>{error.requestId}</code>
          </p>
        )}
      </Note>
    </div>
  );
}
