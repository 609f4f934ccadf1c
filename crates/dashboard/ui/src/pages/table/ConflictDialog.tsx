import type { Conflict } from "../../api/records";
import type { TableField } from "../../api/tables";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";

interface Line {
  field: TableField;
  mine: string;
  theirs: string;
}

interface Props {
  conflict: Conflict;
  /** The fields that both sides are about. */
  lines: readonly Line[];
  hasOthers: boolean;
  onMine: () => void;
  onTheirs: () => void;
}

/** Somebody was faster: both versions side by side, and the choice. */
export function ConflictDialog({ conflict, lines, hasOthers, onMine, onTheirs }: Props) {
  const t = useText();
  const format = useFormat();
  const { by } = conflict;
  return (
    <Dialog
      title={t.records.conflict}
      icon="alert"
      foot={
        <>
          <Button onClick={onTheirs}>{t.records.keepTheirs}</Button>
          <Button look="primary" onClick={onMine}>
            {t.records.keepMine}
          </Button>
        </>
      }
    >
      <p className="soft">{by ? t.records.conflictBy(by.by, format.ago(by.at)) : t.records.conflictUnknown}</p>
      <div className="table-wrap">
        <table className="both-sides">
          <thead>
            <tr>
              <th scope="col">{t.records.field}</th>
              <th scope="col">{t.records.yours}</th>
              <th scope="col">{t.records.theirs}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map(({ field, mine, theirs }) => (
              <tr key={field.id}>
                <th scope="row">{field.display_name}</th>
                <td className="breakable">{mine || <span className="muted">{t.values.empty}</span>}</td>
                <td className="breakable">{theirs || <span className="muted">{t.values.empty}</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {hasOthers && <p className="small muted">{t.records.otherFields}</p>}
    </Dialog>
  );
}
