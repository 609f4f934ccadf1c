import type { TableField } from "../../api/tables";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { NO_RELATIONS } from "./useRelations";
import { choiceLabel } from "./choiceLooks";
import { useShown } from "./useShown";
import { defaultOf } from "./values";

/** What a field holds and within which bounds, in one line. */
export function useFieldFacts(field: TableField, target: string | null | undefined): string {
  const t = useText();
  const format = useFormat();
  const show = useShown(NO_RELATIONS);
  const { min, max, pattern, choices = [], max_length } = field;
  const [from, to] = [min, max].map((bound) => show(field, bound));
  const initial = show(field, defaultOf(field));
  const facts = [
    t.tables.types[field.field_type],
    from && to ? t.definition.between(from, to) : from ? t.definition.from(from) : to && t.definition.upTo(to),
    field.field_type === "TEXT" && max_length !== null && t.definition.characters(format.number(max_length)),
    pattern && t.definition.inForm(pattern),
    choices.length > 0 && choices.map((choice) => choiceLabel(field, choice)).join(", "),
    initial && t.definition.begins(initial),
    target && t.definition.pointsTo(target),
    target === null && t.definition.pointsNowhere,
  ];
  return facts.filter(Boolean).join(" · ");
}
