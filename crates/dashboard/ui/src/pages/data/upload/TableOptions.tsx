import type { DateOrder } from "../../../api/observations";
import { Segmented } from "../../../components/Segmented";
import { useText } from "../../../i18n/text";
import { SheetChoice } from "./SheetChoice";
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
      {isWorkbook(source) && (
        <SheetChoice sheet={source.sheet} onSheet={(sheet) => onSource(readAs(source, { sheet }))} />
      )}
    </div>
  );
}
