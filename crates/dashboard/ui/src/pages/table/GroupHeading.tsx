import type { KeyboardEvent } from "react";
import type { TableField } from "../../api/tables";
import { Icon } from "../../components/Icon";
import { decimal } from "../../format/decimals";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { groupSpans } from "./groupSpans";
import type { Heading } from "./useGroupedRows";
import { useGroupName } from "./useGroupName";
import type { Show } from "./useShown";

interface Props {
  heading: Heading;
  row: number;
  fields: readonly TableField[];
  mayWrite: boolean;
  show: Show;
  isReached: boolean;
}

/** The row above the records of a group: its value, how many they are, and what their numbers come to. */
export function GroupHeading({ heading, row, fields, mayWrite, show, isReached }: Props) {
  const t = useText();
  const format = useFormat();
  const name = useGroupName(show);
  const { field, key, count, sums, isOpen, place, of, toggle } = heading;
  const { label, totals } = groupSpans(fields);
  const sumOf = (one: TableField) => {
    const sum = sums[one.id];
    return sum === null || sum === undefined ? null : decimal(format.language, sum);
  };
  // The first column is a part of the label, so that there is room for it.
  const [first] = fields;
  const firstSum = first && sumOf(first);
  return (
    <tr
      className="sheet-group"
      data-heading={row}
      tabIndex={isReached ? 0 : -1}
      aria-rowindex={row + 2}
      aria-level={1}
      aria-expanded={isOpen}
      aria-posinset={place}
      aria-setsize={of}
      onClick={toggle}
    >
      <td className="sheet-open">
        <Icon name={isOpen ? "down" : "right"} small />
      </td>
      <th scope="rowgroup" colSpan={label}>
        <span className="group-label">
          <bdi className="group-name">{name(heading.grouping, field, key)}</bdi>
          <span className="group-count muted n">
            {t.grouping.count(format.number(count), count === 1)}
            {firstSum && ` · ${t.grouping.sumOf(first.display_name)}: ${firstSum}`}
          </span>
        </span>
      </th>
      {totals.map((one, at) => (
        <td key={one?.id ?? at} className="num n">
          {one && sumOf(one) !== null && (
            <span className="cell-text" title={t.grouping.sumOf(one.display_name)}>
              <span className="sr">{t.grouping.sumOf(one.display_name)}: </span>
              {sumOf(one)}
            </span>
          )}
        </td>
      ))}
      {mayWrite && <td className="sheet-delete" />}
    </tr>
  );
}

/** What a key does on a heading; false where nothing. */
export function headingKey({ key, ctrlKey, metaKey, altKey }: KeyboardEvent, { isOpen, toggle }: Heading): boolean {
  if (ctrlKey || metaKey || altKey) return false;
  const isMeant = key === "Enter" || key === " " || (key === "ArrowRight" ? !isOpen : key === "ArrowLeft" && isOpen);
  if (isMeant) toggle();
  return isMeant;
}
