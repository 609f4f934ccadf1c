import { useId } from "react";

interface RuleProps {
  label: string;
  why: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

/** A rule that a field has or not, and what it means. */
export function Rule({ label, why, isOn, onChange }: RuleProps) {
  const id = useId();
  return (
    <label className="check" htmlFor={id}>
      <input
        id={id}
        type="checkbox"
        checked={isOn}
        aria-describedby={`${id}-why`}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>
        {label}
        <span className="hint field-why" id={`${id}-why`}>
          {why}
        </span>
      </span>
    </label>
  );
}
