import { Icon } from "./Icon";

interface Props {
  /** What is searched, for readers; it stands in the empty field too, unless `placeholder` is shorter. */
  label: string;
  placeholder?: string;
  value: string;
  onChange: (value: string) => void;
}

export function SearchField({ label, placeholder = label, value, onChange }: Props) {
  return (
    <label className="find">
      <Icon name="search" small />
      <span className="sr">{label}</span>
      <input type="search" placeholder={placeholder} value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}
