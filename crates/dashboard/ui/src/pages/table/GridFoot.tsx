import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import type { Range } from "./selection";
import type { Rows } from "./useRows";

interface Props {
  rows: Rows;
  /** Null where they are not grouped. */
  groups: number | null;
  /** Null while it is one cell. */
  selected: Range | null;
  /** Rows on paper; null on the screen. */
  printed: number | null;
}

/** How many records there are, and how many cells are selected. */
export function GridFoot({ rows, groups, selected, printed }: Props) {
  const t = useText();
  const format = useFormat();
  const { total, count, isExact } = rows;
  const span = selected && rows.placesIn(selected.top, selected.bottom);
  const selectedRows = span ? span.end - span.first : 0;
  return (
    <div className="sheet-foot row between small muted n">
      <span role="status">
        {t.records.count(format.number(total), total === 1, isExact)}
        {groups !== null && ` · ${t.grouping.groups(format.number(groups), groups === 1)}`}
        {groups === null && count < total && ` · ${t.records.rowsShown(format.number(count))}`}
        {!isExact && ` · ${t.records.narrow}`}
        {printed !== null && printed < total && ` · ${t.records.printed(format.number(printed))}`}
      </span>
      <span role="status">
        {selected && t.records.selected(format.number(selectedRows), format.number(selected.right - selected.left + 1))}
      </span>
    </div>
  );
}
