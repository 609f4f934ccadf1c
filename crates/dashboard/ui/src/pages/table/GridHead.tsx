import type { Table } from "../../api/tables";
import { Icon } from "../../components/Icon";
import { useText } from "../../i18n/text";
import { useFormat } from "../../format/useFormat";
import { sortAfterClick, sortsIn } from "./conditions";
import { useColumnDrag } from "./useColumnDrag";
import type { GridAddress } from "./useGridAddress";
import { isNumeric } from "./values";

/** The names of the fields; a click sorts by one, and with Shift by one more. */
export function GridHead({ table, address, mayWrite }: { table: Table; address: GridAddress; mayWrite: boolean }) {
  const t = useText();
  const format = useFormat();
  const drag = useColumnDrag(address);
  const sorts = sortsIn(address.sort);
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th scope="col" className="sheet-open">
          <span className="sr">{t.records.open}</span>
        </th>
        {table.fields.map((field) => {
          const at = sorts.findIndex(({ name }) => name === field.name);
          const sort = sorts[at];
          const direction = sort && (sort.isDown ? "descending" : "ascending");
          const { className, events } = drag(field);
          return (
            <th
              key={field.id}
              scope="col"
              className={`${className} ${isNumeric(field) ? "num" : ""}`.trim() || undefined}
              aria-sort={direction}
              {...events}
            >
              <button
                type="button"
                className="sort"
                title={field.description ? `${field.description}\n${t.records.sortHint}` : t.records.sortHint}
                aria-description={field.description ?? undefined}
                onClick={(event) => address.setSort(sortAfterClick(address.sort, field.name, event.shiftKey))}
              >
                <bdi className="sheet-name">{field.display_name}</bdi>
                <Icon name={!sort ? "sort" : sort.isDown ? "down-arrow" : "up-arrow"} />
                {sort && sorts.length > 1 && (
                  <span className="sort-place n">
                    <span className="sr">{t.records.sortPlace} </span>
                    {format.number(at + 1)}
                  </span>
                )}
              </button>
            </th>
          );
        })}
        {mayWrite && (
          <th scope="col" className="sheet-delete">
            <span className="sr">{t.records.delete}</span>
          </th>
        )}
      </tr>
    </thead>
  );
}
