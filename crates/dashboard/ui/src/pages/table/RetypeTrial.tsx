import type { RetypeTrial as Trial, Table, TableField } from "../../api/tables";
import { Note } from "../../components/Badge";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { BrokenList } from "./BrokenRecords";
import { NO_RELATIONS } from "./useRelations";
import { useShown } from "./useShown";

interface Props {
  table: Table;
  /** As it is before. */
  field: TableField;
  trial: Trial;
}

/** What another type would come to: that all values fit, or which do not, and why. */
export function RetypeTrial({ table, field, trial: { convertible, total, failing } }: Props) {
  const t = useText().retype;
  const format = useFormat();
  const show = useShown(NO_RELATIONS);
  // Truth is told as a text here.
  const shown = (value: string) => show(field, field.field_type === "BOOLEAN" ? value === "true" : value);
  if (failing.length === 0) {
    return (
      <Note tone="ok" icon="check" role="status">
        <p className="strong">{total === 0 ? t.noValues : t.allFit(format.number(total), total === 1)}</p>
        {total > 0 && <p>{t.kept}</p>}
      </Note>
    );
  }
  return (
    <Note tone="warn" icon="alert" role="alert">
      <p className="strong">{t.someFit(format.number(convertible), format.number(total))}</p>
      <p>{t.someFitNext}</p>
      <BrokenList
        table={table}
        records={failing.map(({ record, value, reason }) => ({ record, value: shown(value), message: reason }))}
      />
      {failing.length < total - convertible && <p>{t.firstOnly(format.number(failing.length))}</p>}
    </Note>
  );
}
