import { Problem } from "../../api/problem";
import { Conflict } from "../../api/records";
import { Note } from "../../components/Badge";
import { useText } from "../../i18n/text";

/** Why a change was not made; nothing where it was. Rules of fields are told at their places unless `withFields`. */
export function Refused({ error, withFields = false }: { error: unknown; withFields?: boolean }) {
  const t = useText();
  if (!error) return null;
  const fields = error instanceof Problem ? error.fields : [];
  if (fields.length > 0 && !withFields) return null;
  return (
    <Note tone="bad" icon="alert" role="alert">
      {fields.length === 0 && (
        <p>
          {error instanceof Problem ? error.message : error instanceof Conflict ? t.records.conflict : t.shell.lost}
        </p>
      )}
      {fields.map(({ field, message }) => (
        <p key={`${field}/${message}`}>{message}</p>
      ))}
    </Note>
  );
}
