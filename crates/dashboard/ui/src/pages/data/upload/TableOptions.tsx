import { useState, type FormEvent } from "react";
import type { DateOrder } from "../../../api/observations";
import { Button } from "../../../components/Button";
import { Field } from "../../../components/Field";
import { Segmented } from "../../../components/Segmented";
import { useText } from "../../../i18n/text";
import { isWorkbook, readAs, type Source } from "./source";

interface Props {
  source: Source;
  onSource: (source: Source) => void;
  /** Whether the table leaves open which of day and month comes first. */
  isOrderOpen: boolean;
}

const ORDERS: readonly DateOrder[] = ["dd/mm/yyyy", "mm/dd/yyyy", "yyyy-mm-dd"];

/** What only a person can tell of a table: the order of its dates, the sheet of a workbook. */
export function TableOptions({ source, onSource, isOrderOpen }: Props) {
  const t = useText().data.trial;
  const hasOrder = isOrderOpen || source.order !== null;
  if (!hasOrder && !isWorkbook(source)) return null;
  return (
    <div className="row table-options">
      {hasOrder && (
        <div className="field">
          <span className="label">{t.order}</span>
          <Segmented
            label={t.order}
            value={source.order}
            onChange={(order) => onSource(readAs(source, { order }))}
            options={ORDERS.map((value) => ({ value, text: t.formats[value] }))}
          />
        </div>
      )}
      {isWorkbook(source) && <SheetChoice source={source} onSource={onSource} />}
    </div>
  );
}

function SheetChoice({ source, onSource }: { source: Source; onSource: (source: Source) => void }) {
  const t = useText().data.trial;
  const [sheet, setSheet] = useState(source.sheet);
  const read = (event: FormEvent) => {
    event.preventDefault();
    onSource(readAs(source, { sheet: sheet.trim() }));
  };
  return (
    <form className="sheet-choice" onSubmit={read}>
      <Field label={t.sheet} hint={t.sheetHint} value={sheet} onChange={setSheet} maxLength={31} autoComplete="off" />
      <Button type="submit" disabled={sheet.trim() === source.sheet}>
        {t.readSheet}
      </Button>
    </form>
  );
}
