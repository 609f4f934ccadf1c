import type { TableField } from "../../api/tables";
import { useText } from "../../i18n/text";
import type { Ask, Named } from "./conditions";
import type { Show } from "./useShown";

/** How an operator is said of a field. */
export function useAskText() {
  const t = useText();
  return (field: TableField, ask: Ask): string => {
    if (ask === "empty") return t.records.operators.is_null;
    if (ask === "filled") return t.records.hasValue;
    const isTime = field.field_type === "DATE" || field.field_type === "DATETIME";
    const ofTimes: Partial<Record<Ask, string>> = {
      gte: t.records.since,
      lte: t.records.until,
      gt: t.records.after,
      lt: t.records.before,
    };
    return (isTime && ofTimes[ask]) || t.records.operators[ask];
  };
}

export const askOf = ({ op, value }: Named): Ask => (op !== "is_null" ? op : value === "true" ? "empty" : "filled");

/** `Gasto es mayor que 100`: a condition in words. */
export function useConditionText(show: Show) {
  const t = useText();
  const askText = useAskText();
  return (field: TableField, condition: Named): string => {
    const ask = askOf(condition);
    const words = `${field.display_name} ${askText(field, ask)}`;
    if (condition.op === "is_null") return words;
    // A moment is compared with days.
    const shown = field.field_type === "DATETIME" ? ({ ...field, field_type: "DATE" } as const) : field;
    const written = (value: string) => show(shown, field.field_type === "BOOLEAN" ? value === "true" : value);
    const values = ask === "between" || ask === "in" ? condition.value.split(",") : [condition.value];
    return `${words} ${values.map(written).join(ask === "between" ? ` ${t.records.and} ` : ", ")}`;
  };
}
