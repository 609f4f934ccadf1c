import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { useId, useLayoutEffect, useRef, useState } from "react";

interface Props {
  label: string;
  hideLabel?: boolean;
  /** The name of the field for digits, which stands beside the slider. */
  numberLabel: string;
  unit: string;
  min: number;
  max: number;
  value: number;
  onChange: (value: number) => void;
  disabled?: boolean;
}

/** A whole number by slider and by digits. */
export function RangeField({ label, hideLabel, numberLabel, unit, min, max, value, onChange, disabled }: Props) {
  const id = useId();
  const slider = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState<string | null>(null);
  /** What was typed lay beyond it. */
  const [bound, setBound] = useState<number | null>(null);
  const t = useText();
  const f = useFormat();
  useLayoutEffect(() => {
    slider.current?.style.setProperty("--fill", `${((value - min) / (max - min)) * 100}%`);
  }, [value, min, max]);
  const take = () => {
    const number = Math.round(Number(typed));
    if (typed !== null && typed.trim() !== "" && Number.isFinite(number)) {
      const taken = Math.max(min, Math.min(max, number));
      setBound(taken === number ? null : taken);
      onChange(taken);
    }
    setTyped(null);
  };
  return (
    <div className="horizon">
      <label htmlFor={id} className={hideLabel ? "sr" : undefined}>
        {label}
      </label>
      <input
        ref={slider}
        id={id}
        type="range"
        min={min}
        max={max}
        value={value}
        disabled={disabled}
        onChange={(event) => {
          setBound(null);
          onChange(Number(event.target.value));
        }}
      />
      <input
        className="input input-s n"
        type="text"
        inputMode="numeric"
        aria-label={numberLabel}
        value={typed ?? value}
        disabled={disabled}
        onChange={(event) => {
          setBound(null);
          setTyped(event.target.value);
        }}
        onBlur={take}
        onKeyDown={(event) => event.key === "Enter" && take()}
      />
      <span className="small muted nowrap">{unit}</span>
      {bound !== null && (
        <span className="small muted" role="status">
          {bound === max ? t.account.mostIs(f.number(max)) : t.account.leastIs(f.number(min))}
        </span>
      )}
    </div>
  );
}
