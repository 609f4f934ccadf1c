import { useEffect, useId, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { dayIn, type Day } from "../format/dates";
import { dayInDigits, parseTypedDay } from "../format/typedDay";
import { useText } from "../i18n/text";
import { useDaysZone } from "../session/zone";
import { IconButton } from "./Button";
import { Icon } from "./Icon";
import { MonthGrid } from "./MonthGrid";

interface Props {
  label: string;
  /** `YYYY-MM-DD`, or empty. */
  value: Day | "";
  /** Called with a day that exists and lies within the bounds, or with nothing when the field is emptied. */
  onChange: (value: Day | "") => void;
  min?: Day | undefined;
  max?: Day | undefined;
  hint?: ReactNode;
  error?: string | undefined;
  hideLabel?: boolean;
  disabled?: boolean;
}

/** A date in the page's language, typed, pasted or taken from a month; the browser's own field follows its own language. */
export function DateField({ label, value, onChange, min, max, hint, error, hideLabel, disabled }: Props) {
  const t = useText();
  const zone = useDaysZone();
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  // What is being typed, and the value that it stands for; a value from elsewhere replaces it.
  const [typed, setTyped] = useState<{ text: string; for: string } | null>(null);
  const [isLeft, setLeft] = useState(true);
  const [isOpen, setOpen] = useState(false);
  useClosingOutside(box, isOpen, () => setOpen(false));
  usePopupInsideTheWindow(box, isOpen);

  const current = typed && typed.for === value ? typed : null;
  const text = current?.text ?? (value ? dayInDigits(value) : "");
  const within = (day: Day) => (!min || day >= min) && (!max || day <= max);
  const parsed = parseTypedDay(text);
  const own =
    text.trim() === "" || !isLeft
      ? undefined
      : !parsed
        ? t.dateField.invalid
        : within(parsed)
          ? undefined
          : t.dateField.outside(min && dayInDigits(min), max && dayInDigits(max));
  const shownError = own ?? error;

  const take = (next: string) => {
    const day = parseTypedDay(next);
    const accepted = next.trim() === "" ? "" : day && within(day) ? day : value;
    setTyped({ text: next, for: accepted });
    if (accepted !== value) onChange(accepted);
  };
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };

  return (
    <div className="field">
      <label htmlFor={id} className={hideLabel ? "sr" : undefined}>
        {label}
      </label>
      <div className="date" ref={box}>
        <input
          id={id}
          className="input n"
          inputMode="numeric"
          autoComplete="off"
          placeholder={t.dateField.pattern}
          value={text}
          disabled={disabled}
          aria-invalid={shownError ? true : undefined}
          aria-describedby={[hint && `${id}-hint`, shownError && `${id}-error`].filter(Boolean).join(" ") || undefined}
          onChange={(event) => take(event.target.value)}
          onFocus={() => setLeft(false)}
          onBlur={() => {
            setLeft(true);
            if (parsed && parsed === value) setTyped(null);
          }}
          onKeyDown={(event) => {
            if (event.key !== "ArrowDown" || !event.altKey) return;
            event.preventDefault();
            setOpen(true);
          }}
        />
        <IconButton
          ref={opener}
          label={t.dateField.open(label)}
          icon="calendar"
          disabled={disabled}
          aria-haspopup="dialog"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        />
        {isOpen && (
          <MonthGrid
            start={value || dayIn(new Date(), zone)}
            chosen={value || null}
            min={min}
            max={max}
            onChoose={(day) => {
              setTyped(null);
              onChange(day);
              close();
            }}
            onClose={close}
          />
        )}
      </div>
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {shownError && (
        <p className="err" id={`${id}-error`} role="alert">
          <Icon name="alert" small />
          <span>{shownError}</span>
        </p>
      )}
    </div>
  );
}

type Box = React.RefObject<HTMLDivElement | null>;

function useClosingOutside(box: Box, isOpen: boolean, close: () => void) {
  useEffect(() => {
    if (!isOpen) return;
    const closeOutside = (event: Event) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) close();
    };
    document.addEventListener("pointerdown", closeOutside);
    document.addEventListener("focusin", closeOutside);
    return () => {
      document.removeEventListener("pointerdown", closeOutside);
      document.removeEventListener("focusin", closeOutside);
    };
  });
}

/** The month hangs from the field's right edge, and is moved where it would leave the window. */
function usePopupInsideTheWindow(box: Box, isOpen: boolean) {
  useLayoutEffect(() => {
    const popup = isOpen && box.current?.querySelector<HTMLElement>(".month");
    if (!popup) return;
    const { left } = popup.getBoundingClientRect();
    popup.style.setProperty("--shift", `${Math.max(0, 8 - left)}px`);
  }, [box, isOpen]);
}
