import type { TableField } from "../../api/tables";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { valueOf } from "./values";

/** For each field whose text is no value of it: how it should be typed. */
export function useBrokenTexts(
  fields: readonly TableField[],
  texts: Readonly<Record<string, string>>,
): Record<string, string> {
  const t = useText();
  const format = useFormat();
  const broken = fields.flatMap((field) => {
    const read = valueOf(field, texts[field.id] ?? "", format);
    return read.broken ? [[field.id, t.values.broken[read.broken]] as const] : [];
  });
  return Object.fromEntries(broken);
}
