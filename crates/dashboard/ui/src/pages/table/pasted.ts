import type { TableField } from "../../api/tables";
import { plainText } from "../../format/plainText";
import { choiceLabel } from "./choiceLooks";

const YES = ["si", "yes", "true", "verdadero", "1"];
const NO = ["no", "false", "falso", "0"];

/**
 * A pasted text as the editor of its cell would have written it: other programs say yes and no in their own words, and
 * the letters of a choice in their own case. What is none of these stays, and is refused as typed text is.
 */
export function asTyped(field: Pick<TableField, "field_type" | "choices" | "choice_labels">, text: string): string {
  const plain = plainText(text.trim());
  switch (field.field_type) {
    case "BOOLEAN":
      return YES.includes(plain) ? "true" : NO.includes(plain) ? "false" : text;
    case "CHOICE":
      return (
        field.choices?.find((choice) => plainText(choice) === plain) ??
        field.choices?.find((choice) => plainText(choiceLabel(field, choice)) === plain) ??
        text.trim()
      );
    case "TEXT":
      return text;
    default:
      return text.trim();
  }
}
