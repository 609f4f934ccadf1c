import { useId, useState, type InputHTMLAttributes, type ReactNode } from "react";
import { useText } from "../i18n/text";
import { Button } from "./Button";
import { Icon } from "./Icon";

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange"> {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  /** What is wrong with the value, in the reader's language. */
  error?: string | undefined;
  /** Stands inside the field, after the value: a unit. */
  unit?: string;
  /** The label is for readers only: what stands around it tells it to the others. */
  hideLabel?: boolean;
}

/** One labelled input, with its hint and its error read out together with it. */
export function Field({ label, hint, error, unit, onChange, className = "", hideLabel, ...rest }: Props) {
  const id = useId();
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  const input = (
    <input
      {...rest}
      id={id}
      className={`input ${className}`}
      onChange={(event) => onChange(event.target.value)}
      aria-invalid={error ? true : undefined}
      aria-describedby={describedBy}
    />
  );
  return (
    <div className="field">
      <label htmlFor={id} className={hideLabel ? "sr" : undefined}>
        {label}
      </label>
      {unit ? (
        <div className="with-unit">
          {input}
          <span className="muted small">{unit}</span>
        </div>
      ) : (
        input
      )}
      <FieldNotes id={id} hint={hint} error={error} />
    </div>
  );
}

export function PasswordField({ label, hint, error, onChange, ...rest }: Omit<Props, "unit" | "type" | "hideLabel">) {
  const id = useId();
  const t = useText();
  const [isShown, setShown] = useState(false);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="pass">
        <input
          {...rest}
          id={id}
          type={isShown ? "text" : "password"}
          className="input"
          onChange={(event) => onChange(event.target.value)}
          aria-invalid={error ? true : undefined}
          aria-describedby={[hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined}
        />
        <Button look="quiet" small aria-pressed={isShown} onClick={() => setShown(!isShown)}>
          {isShown ? t.common.hide : t.common.show}
        </Button>
      </div>
      <FieldNotes id={id} hint={hint} error={error} />
    </div>
  );
}

interface SelectProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly { value: string; text: string }[];
  hint?: ReactNode;
  error?: string | undefined;
  /** The label is for readers only: what stands around it tells it to the others. */
  hideLabel?: boolean;
}

export function Select({ label, value, onChange, options, hint, error, hideLabel }: SelectProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id} className={hideLabel ? "sr" : undefined}>
        {label}
      </label>
      <span className="select">
        <select id={id} className="input" value={value} onChange={(event) => onChange(event.target.value)}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.text}
            </option>
          ))}
        </select>
        <Icon name="down" small />
      </span>
      <FieldNotes id={id} hint={hint} error={error} />
    </div>
  );
}

/** What is said below a field: a hint, and what is wrong. */
export function FieldNotes({ id, hint, error }: { id: string; hint?: ReactNode; error?: string | undefined }) {
  return (
    <>
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p className="err" id={`${id}-error`} role="alert">
          <Icon name="alert" small />
          <span>{error}</span>
        </p>
      )}
    </>
  );
}
