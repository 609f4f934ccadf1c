import type { Table } from "../../api/tables";
import { Icon } from "../../components/Icon";
import { useText } from "../../i18n/text";
import { sortAfterClick } from "./conditions";
import type { GridAddress } from "./useGridAddress";
import { isNumeric } from "./values";

/** The names of the fields; a click sorts by one. */
export function GridHead({ table, address, mayWrite }: { table: Table; address: GridAddress; mayWrite: boolean }) {
  const t = useText();
  return (
    <thead>
      <tr>
        <th scope="col" className="sheet-open">
          <span className="sr">{t.records.open}</span>
        </th>
        {table.fields.map((field) => {
          const isUp = address.sort === field.name;
          const isDown = address.sort === `-${field.name}`;
          return (
            <th
              key={field.id}
              scope="col"
              className={isNumeric(field) ? "num" : undefined}
              aria-sort={isUp ? "ascending" : isDown ? "descending" : undefined}
            >
              <button
                type="button"
                className="sort"
                onClick={() => address.setSort(sortAfterClick(address.sort, field.name))}
              >
                <bdi className="sheet-name">{field.display_name}</bdi>
                <Icon name={isUp ? "up-arrow" : isDown ? "down-arrow" : "sort"} />
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
