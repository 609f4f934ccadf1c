import { useId, type ReactNode } from "react";
import { FieldNotes } from "./Field";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  error?: string | undefined;
  rows?: number;
  maxLength?: number;
  /** A text of a program: letters of one width, and no spelling. */
  isCode?: boolean;
}

/** A labelled text of several lines. */
export function TextArea({ label, value, onChange, hint, error, rows = 3, maxLength, isCode }: Props) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className={isCode ? "input text-area code-area" : "input text-area"}
        spellCheck={isCode ? false : undefined}
        rows={rows}
        maxLength={maxLength}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        aria-invalid={error ? true : undefined}
        aria-describedby={[hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined}
      />
      <FieldNotes id={id} hint={hint} error={error} />
    </div>
  );
}
