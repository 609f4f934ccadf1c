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
}

/** A whole number by slider and by digits. */
export function RangeField({ label, hideLabel, numberLabel, unit, min, max, value, onChange }: Props) {
  const id = useId();
  const slider = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState<string | null>(null);
  useLayoutEffect(() => {
    slider.current?.style.setProperty("--fill", `${((value - min) / (max - min)) * 100}%`);
  }, [value, min, max]);
  const take = () => {
    const number = Math.round(Number(typed));
    if (typed !== null && typed.trim() !== "" && Number.isFinite(number))
      onChange(Math.max(min, Math.min(max, number)));
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
        onChange={(event) => onChange(Number(event.target.value))}
      />
      <input
        className="input input-s n"
        type="text"
        inputMode="numeric"
        aria-label={numberLabel}
        value={typed ?? value}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={take}
        onKeyDown={(event) => event.key === "Enter" && take()}
      />
      <span className="small muted nowrap">{unit}</span>
    </div>
  );
}
