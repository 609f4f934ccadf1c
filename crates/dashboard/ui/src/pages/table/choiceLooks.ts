import type { components } from "../../api/schema";
import type { TableField } from "../../api/tables";

export type ChoiceColor = components["schemas"]["ChoiceColorWord"];

type Looks = Pick<TableField, "choice_labels" | "choice_colors">;

/** What a choice is called. */
export const choiceLabel = ({ choice_labels }: Looks, choice: string): string => choice_labels?.[choice] ?? choice;

/** The colour of the choice that a field holds; null for none, and for values of other fields. */
export const choiceColor = (
  { field_type, choice_colors }: Looks & Pick<TableField, "field_type">,
  value: unknown,
): ChoiceColor | null => (field_type === "CHOICE" && typeof value === "string" && choice_colors?.[value]) || null;

/** The labels that are something, of choices that there are. */
export const labelsOf = (choices: readonly string[], typed: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    choices.flatMap((choice) => {
      const label = typed[choice]?.trim() ?? "";
      return label === "" || label === choice ? [] : [[choice, label]];
    }),
  );

/** The colours of choices that there are. */
export const colorsOf = (
  choices: readonly string[],
  typed: Readonly<Record<string, ChoiceColor | "">>,
): Record<string, ChoiceColor> =>
  Object.fromEntries(
    choices.flatMap((choice) => {
      const color = typed[choice];
      return color ? [[choice, color]] : [];
    }),
  );
