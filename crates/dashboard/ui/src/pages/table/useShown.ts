import { useCallback } from "react";
import type { TableField } from "../../api/tables";
import { decimal } from "../../format/decimals";
import { UNKNOWN } from "../../format/numbers";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { choiceLabel } from "./choiceLooks";
import type { Relations } from "./useRelations";

export type Show = (field: TableField, value: unknown) => string;

/** Writes a value for people: numbers with all their digits, moments in the company's zone, records by their names. */
export function useShown(relations: Relations): Show {
  const t = useText();
  const format = useFormat();
  const { nameOf } = relations;
  // The same as long as it writes the same.
  return useCallback<Show>(
    (field, value) => {
      if (value === null || value === undefined) return "";
      const text = String(value);
      switch (field.field_type) {
        case "NUMBER":
        case "INTEGER":
          return decimal(format.language, text);
        case "DATE":
          return format.day(text);
        case "DATETIME":
          return format.moment(text);
        case "BOOLEAN":
          return value === true ? t.values.yes : t.values.no;
        case "CHOICE":
          return choiceLabel(field, text);
        case "RELATION":
          return nameOf(text) ?? t.values.record;
        default:
          return text;
      }
    },
    [t, format, nameOf],
  );
}

/** What a record is called: its first text, or else its first value. */
export function recordName(
  fields: readonly TableField[],
  data: Readonly<Record<string, unknown>>,
  show: Show,
): string | null {
  const filled = fields.filter(
    (field) => data[field.id] !== null && data[field.id] !== undefined && data[field.id] !== "",
  );
  const first = filled.find((field) => field.field_type === "TEXT") ?? filled[0];
  return first ? show(first, data[first.id]) || UNKNOWN : null;
}
