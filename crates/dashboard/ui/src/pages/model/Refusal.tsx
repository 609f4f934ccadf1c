import { Problem } from "../../api/problem";
import { Note } from "../../components/Badge";
import { useText } from "../../i18n/text";

/** Why what was asked for was not done, in the dialog that asked. */
export function Refusal({ error }: { error: unknown }) {
  const t = useText();
  const isProblem = error instanceof Problem;
  return (
    <Note tone="bad" icon="alert" role="alert">
      <p className="strong">{t.model.failedAction}</p>
      <p>{isProblem ? error.message : t.shell.lost}</p>
      {isProblem && error.requestId && (
        <p className="xs">
          {t.common.requestId} <code>{error.requestId}</code>
        </p>
      )}
    </Note>
  );
}
