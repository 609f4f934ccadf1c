import type { FieldPatch, TableField } from "../../api/tables";
import { choicesOf, lengthOf, NO_FIELD, repeated, type FieldDraft } from "./fieldDraft";
import { colorsOf, labelsOf } from "./choiceLooks";
import { defaultOf, typable, valueOf, type Reader } from "./values";

/** Both are in the order of the choices. */
const isSame = (one: object, other: object): boolean => JSON.stringify(one) === JSON.stringify(other);

/** A field as it is, to be typed over. */
export function draftOf(field: TableField, reader: Reader): FieldDraft {
  const typed = (value: unknown) => typable(field, value, reader);
  return {
    ...NO_FIELD,
    label: field.display_name,
    type: field.field_type,
    isRequired: field.is_required,
    isUnique: field.unique,
    maxLength: field.max_length === null ? "" : typable({ field_type: "INTEGER" }, field.max_length, reader),
    pattern: field.pattern ?? "",
    min: typed(field.min),
    max: typed(field.max),
    choices: (field.choices ?? []).join("\n"),
    description: field.description ?? "",
    labels: field.choice_labels ?? {},
    colors: field.choice_colors ?? {},
    initial: typed(defaultOf(field)),
  };
}

/** What the API is asked for: nothing of what stays as it was read. Null while something typed is not complete. */
export function patchOf(field: TableField, draft: FieldDraft, reader: Reader): FieldPatch | null {
  const before = draftOf(field, reader);
  const patch: FieldPatch = {};
  const display_name = draft.label.trim();
  if (display_name === "") return null;
  if (display_name !== field.display_name) patch.display_name = display_name;
  if (draft.isRequired !== field.is_required) patch.is_required = draft.isRequired;
  if (draft.isUnique !== field.unique) patch.unique = draft.isUnique;
  const description = draft.description.trim();
  if (description !== before.description) patch.description = description === "" ? null : description;
  if (draft.pattern !== before.pattern) patch.pattern = draft.pattern === "" ? null : draft.pattern;
  if (draft.maxLength !== before.maxLength) {
    const length = lengthOf(draft.maxLength, reader);
    if (length.broken) return null;
    patch.max_length = length.value;
  }
  if (field.field_type === "CHOICE") {
    const choices = choicesOf(draft.choices);
    if (choices.length === 0 || repeated(choices) !== undefined) return null;
    if (choices.join("\n") !== before.choices) patch.choices = choices;
    const [labels, colors] = [labelsOf(choices, draft.labels), colorsOf(choices, draft.colors)];
    if (!isSame(labels, labelsOf(choices, before.labels))) patch.choice_labels = labels;
    if (!isSame(colors, colorsOf(choices, before.colors))) patch.choice_colors = colors;
  }
  const values = [
    ["min", draft.min, before.min],
    ["max", draft.max, before.max],
    ["default", draft.initial, before.initial],
  ] as const;
  for (const [member, text, shown] of values) {
    // Of a value that was not touched, what it does not show stays too: the seconds of an instant.
    if (text === shown) continue;
    const typed = valueOf(field, text, reader);
    if (typed.broken) return null;
    patch[member] = typed.value;
  }
  return patch;
}
