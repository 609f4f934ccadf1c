import type { Grouping, GroupKey } from "../../api/recordGroups";
import type { TableField } from "../../api/tables";
import { longMonth } from "../../format/dates";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import type { Show } from "./useShown";

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** What a group is called: its value as the cells show it, or its month, week or day. */
export function useGroupName(show: Show) {
  const t = useText();
  const format = useFormat();
  return ({ by }: Grouping, field: TableField, key: GroupKey): string => {
    if (key === null) return t.grouping.without(field.display_name);
    if (key === "") return t.grouping.blank;
    if (by === null || typeof key !== "string") return show(field, key);
    if (by === "month") return capital(longMonth(format.language, key));
    return by === "week" ? t.grouping.week(format.day(key)) : capital(format.weekDay(key));
  };
}
