import { useState, type KeyboardEvent } from "react";
import type { TableField } from "../../api/tables";
import { useText } from "../../i18n/text";
import { RecordPicker } from "./RecordPicker";
import type { Relations } from "./useRelations";
import { choicesOf } from "./ValueField";

export type Leave = "down" | "right" | "left" | "stay";

interface Props {
  field: TableField;
  relations: Relations;
  /** What stands in the cell: kept by the grid, so that a row that moves takes it along. */
  text: string;
  /** A key opened the cell, and its letter replaces what was there. */
  isReplaced: boolean;
  onType: (text: string) => void;
  onDone: (text: string, leave: Leave) => void;
  onCancel: () => void;
}

/** Changes one cell: Enter and Tab keep what was typed, Escape does not. */
export function CellEditor({ field, relations, text, isReplaced, onType, onDone, onCancel }: Props) {
  const t = useText();
  const [initial] = useState(text);
  const label = t.records.editing(field.display_name);
  const onKeyDown = (event: KeyboardEvent) => {
    // Keys of the cell are none of the grid.
    event.stopPropagation();
    if (event.key === "Enter" && !event.shiftKey) onDone(text, "down");
    else if (event.key === "Tab") onDone(text, event.shiftKey ? "left" : "right");
    else if (event.key === "Escape") onCancel();
    else return;
    event.preventDefault();
  };
  const common = {
    "aria-label": label,
    onKeyDown,
    autoFocus: true,
    className: `input cell-input ${field.field_type === "JSON" ? "code-area" : ""}`.trim(),
  };
  const onFocus = ({ target }: React.FocusEvent<HTMLInputElement | HTMLTextAreaElement>) =>
    isReplaced ? target.setSelectionRange(text.length, text.length) : target.select();
  if (field.field_type === "RELATION") {
    const target = relations.targetOf(field.id);
    if (!target) return null;
    return (
      <div onKeyDown={onKeyDown}>
        <RecordPicker
          target={target}
          name={text === "" ? "" : (relations.nameOf(text) ?? t.values.record)}
          onChange={(record) => (record === "" ? onType("") : onDone(record, "stay"))}
          onLeave={() => onDone(text, "stay")}
          inputProps={{ "aria-label": label, autoFocus: true }}
        />
      </div>
    );
  }
  if (field.field_type === "BOOLEAN" || field.field_type === "CHOICE") {
    const options =
      field.field_type === "CHOICE"
        ? choicesOf(field, initial, t.values.empty)
        : [
            { value: "", text: t.values.empty },
            { value: "true", text: t.values.yes },
            { value: "false", text: t.values.no },
          ];
    return (
      <select
        {...common}
        value={text}
        onChange={(event) => onType(event.target.value)}
        onBlur={() => onDone(text, "stay")}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    );
  }
  const typed = { ...common, value: text, onFocus, onBlur: () => onDone(text, "stay") };
  // A field of one line would drop the line breaks of a longer text.
  const isLong = field.field_type === "TEXT" && (field.max_length ?? 0) > 255;
  return isLong || field.field_type === "JSON" ? (
    <textarea {...typed} rows={isLong ? 3 : 8} onChange={(event) => onType(event.target.value)} />
  ) : (
    <input {...typed} autoComplete="off" onChange={(event) => onType(event.target.value)} />
  );
}
