import { useId, useState, type KeyboardEvent } from "react";
import { useLookup, type Target } from "../../api/records";
import { Icon } from "../../components/Icon";
import { useDebounced } from "../../components/useDebounced";
import { useText } from "../../i18n/text";

interface Props {
  target: Target;
  /** What the chosen record is called; empty where none is. */
  name: string;
  onChange: (record: string) => void;
  /** Called at Escape while no list is open, and when the field is left. */
  onLeave?: () => void;
  inputProps?: React.InputHTMLAttributes<HTMLInputElement>;
}

/** Chooses a record of another table by typing a part of its name. */
export function RecordPicker({ target, name, onChange, onLeave, inputProps }: Props) {
  const t = useText();
  const id = useId();
  // What is being typed; null while the chosen record is shown.
  const [typed, setTyped] = useState<string | null>(null);
  // The option that Enter takes; null while nothing was typed and no arrow was pressed.
  const [marked, setMarked] = useState<number | null>(null);
  const settled = useDebounced(typed ?? "");
  const found = useLookup(target, settled);
  // The options of what was typed before are shown until the new ones are there, and not taken.
  const isCurrent = settled === typed && !found.isPlaceholderData;
  const isOpen = typed !== null;
  const options = found.data ?? [];
  const at = Math.min(marked ?? (typed ? 0 : -1), options.length - 1);

  const choose = (record: string) => {
    setTyped(null);
    onChange(record);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      if (!isOpen) setTyped("");
      else setMarked((Math.max(at, step < 0 ? 0 : -1) + step + options.length) % Math.max(1, options.length));
    } else if (event.key === "Enter" && isOpen && (typed !== "" || at >= 0)) {
      const option = options[at];
      if (option && isCurrent) choose(option.id);
    } else if (event.key === "Escape" && isOpen) setTyped(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="picker">
      <span className="select">
        <input
          {...inputProps}
          className="input"
          role="combobox"
          autoComplete="off"
          aria-autocomplete="list"
          aria-expanded={isOpen}
          aria-controls={`${id}-list`}
          aria-activedescendant={isOpen && options[at] ? `${id}-${at}` : undefined}
          placeholder={t.values.find}
          value={typed ?? name}
          onChange={(event) => {
            setMarked(null);
            setTyped(event.target.value);
            if (event.target.value === "") onChange("");
          }}
          onClick={() => !isOpen && setTyped("")}
          onKeyDown={onKeyDown}
          onBlur={() => {
            setTyped(null);
            onLeave?.();
          }}
        />
        <Icon name="down" small />
      </span>
      <ul id={`${id}-list`} role="listbox" aria-label={t.values.find} className="picker-list" hidden={!isOpen}>
        {options.map((option, index) => (
          <li
            key={option.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            // Before the field loses the focus, which closes the list.
            onPointerDown={(event) => {
              event.preventDefault();
              choose(option.id);
            }}
          >
            {option.display_value || t.values.unnamed}
          </li>
        ))}
        {found.data && options.length === 0 && (
          <li role="option" aria-selected={false} aria-disabled className="muted">
            {t.values.nothingFound}
          </li>
        )}
      </ul>
    </div>
  );
}
