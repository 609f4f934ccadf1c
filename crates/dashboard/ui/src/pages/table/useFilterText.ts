import { Digits } from "../../api/exactJson";
import type { Filter } from "../../api/recordsSearch";
import type { TableField } from "../../api/tables";
import { useText } from "../../i18n/text";
import { conditionOf } from "./filters";
import { useConditionText } from "./useConditionText";
import type { Show } from "./useShown";

/** `Gasto es mayor que 100 y (Ciudad es Lima o Ciudad está vacío)`: a filter in words, however deep it is. */
export function useFilterText(fields: readonly TableField[], show: Show) {
  const t = useText();
  const say = useConditionText(show);
  const alone = (part: Filter): string => {
    const field = fields.find(({ id }) => id === part.field);
    const condition = conditionOf(part, fields);
    if (field && condition) return say(field, condition);
    const values = (Array.isArray(part.value) ? part.value : [part.value]).map((value) =>
      value instanceof Digits ? value.text : String(value),
    );
    return `${field?.display_name ?? "?"} ${t.records.operators[part.op ?? "eq"]} ${values.join(", ")}`;
  };
  const text = (filter: Filter, isInside: boolean): string => {
    const parts = filter.or ?? filter.and;
    if (!parts) return alone(filter);
    const words = parts
      .map((part) => text(part, parts.length > 1))
      .join(filter.or ? ` ${t.records.or} ` : ` ${t.records.and} `);
    return isInside && parts.length > 1 ? `(${words})` : words;
  };
  return (filter: Filter): string => text(filter, false);
}
