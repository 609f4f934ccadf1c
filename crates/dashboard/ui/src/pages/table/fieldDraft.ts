import { Digits } from "../../api/exactJson";
import type { FieldRequest, FieldType, OnDelete, RetypeRequest } from "../../api/tables";
import { colorsOf, labelsOf, type ChoiceColor } from "./choiceLooks";
import { suggestedName } from "../tables/programName";
import { valueOf, type Broken, type Reader } from "./values";

/** A new field as it is typed. */
export interface FieldDraft {
  label: string;
  type: FieldType;
  isRequired: boolean;
  isUnique: boolean;
  maxLength: string;
  pattern: string;
  min: string;
  max: string;
  choices: string;
  /** What the field is for. */
  description: string;
  /** What choices are called, by choice. */
  labels: Readonly<Record<string, string>>;
  colors: Readonly<Record<string, ChoiceColor | "">>;
  target: string;
  targetField: string;
  onDelete: OnDelete;
  /** The value that a new record begins with. */
  initial: string;
}

export const NO_FIELD: FieldDraft = {
  label: "",
  type: "TEXT",
  isRequired: false,
  isUnique: false,
  maxLength: "",
  pattern: "",
  min: "",
  max: "",
  choices: "",
  description: "",
  labels: {},
  colors: {},
  target: "",
  targetField: "",
  onDelete: "restrict",
  initial: "",
};

/** Whether values of a type can tell records apart: of two there are too few, and JSON has many writings of one. */
export const canBeUnique = ({ field_type }: { field_type: FieldType }): boolean =>
  field_type !== "BOOLEAN" && field_type !== "JSON";

const BOUNDED: readonly FieldType[] = ["NUMBER", "INTEGER", "DATE", "DATETIME"];
export const hasBounds = (type: FieldType): boolean => BOUNDED.includes(type);

export const choicesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** A choice that is there twice. */
export const repeated = (choices: readonly string[]): string | undefined =>
  choices.find((choice, at) => choices.indexOf(choice) < at);

/** What the API is asked for; null while the draft is not complete. Settings of other types are left out. */
export function requestOf(draft: FieldDraft, reader: Reader): FieldRequest | null {
  const display_name = draft.label.trim();
  const settings = settingsOf(draft, reader);
  if (display_name === "" || !settings) return null;
  const name = suggestedName(display_name) || display_name;
  const request: FieldRequest = { name, display_name, is_required: draft.isRequired, ...settings };
  const description = draft.description.trim();
  if (description !== "") request.description = description;
  const { choices } = settings;
  if (choices) {
    request.choice_labels = labelsOf(choices, draft.labels);
    request.choice_colors = colorsOf(choices, draft.colors);
  }
  return request;
}

type Settings = Pick<FieldRequest, keyof RetypeRequest>;

/** The type and the rules of its values; null while they are not complete. */
export function settingsOf(draft: FieldDraft, reader: Reader): Settings | null {
  const { type } = draft;
  const request: Settings = { field_type: type, unique: draft.isUnique && canBeUnique({ field_type: type }) };
  if (type === "TEXT") {
    const length = lengthOf(draft.maxLength, reader);
    if (length.broken) return null;
    if (length.value !== null) request.max_length = length.value;
    if (draft.pattern !== "") request.pattern = draft.pattern;
  }
  if (hasBounds(type)) {
    const [min, max] = [draft.min, draft.max].map((text) => valueOf({ field_type: type }, text, reader));
    if (!min || !max || min.broken || max.broken) return null;
    if (min.value !== null) request.min = min.value;
    if (max.value !== null) request.max = max.value;
  }
  if (type === "CHOICE") {
    request.choices = choicesOf(draft.choices);
    if (request.choices.length === 0 || repeated(request.choices) !== undefined) return null;
  }
  if (type === "RELATION") {
    if (draft.target === "" || draft.targetField === "") return null;
    request.target_entity_id = draft.target;
    request.target_display_field = draft.targetField;
    request.on_delete = draft.onDelete;
  }
  if (type !== "RELATION") {
    const initial = valueOf({ field_type: type }, draft.initial, reader);
    if (initial.broken) return null;
    if (initial.value !== null) request.default = initial.value;
  }
  return request;
}

export type Length = { value: number | null; broken?: undefined } | { broken: Broken };

/** The most characters of a text as it was typed; null for nothing typed. */
export function lengthOf(text: string, reader: Reader): Length {
  const read = valueOf({ field_type: "INTEGER" }, text, reader);
  if (read.broken) return { broken: read.broken };
  return { value: read.value instanceof Digits ? Number(read.value.text) : null };
}
