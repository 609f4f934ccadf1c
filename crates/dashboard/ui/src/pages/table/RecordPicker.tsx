import { useId, useRef, useState, type KeyboardEvent } from "react";
import { useFirstOfLookup, useLookup, type Target } from "../../api/records";
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
  // The text whose first record Enter takes once it is found: whoever types fast is ahead of the list.
  const entered = useRef<string | null>(null);
  const firstOf = useFirstOfLookup(target);
  const settled = useDebounced(typed ?? "");
  const found = useLookup(target, settled);
  // The options of what was typed before are shown until the new ones are there, and not taken.
  const isCurrent = settled === typed && found.isSuccess && !found.isPlaceholderData;
  const isOpen = typed !== null;
  const options = found.data ?? [];
  const at = Math.min(marked ?? (typed ? 0 : -1), options.length - 1);

  const type = (text: string | null) => {
    entered.current = null;
    setTyped(text);
  };
  const choose = (record: string) => {
    type(null);
    onChange(record);
  };
  const chooseTyped = async (text: string) => {
    entered.current = text;
    const first = await firstOf(text).catch(() => undefined);
    if (first && entered.current === text) choose(first.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      if (!isOpen) type("");
      else setMarked((Math.max(at, step < 0 ? 0 : -1) + step + options.length) % Math.max(1, options.length));
    } else if (event.key === "Enter" && isOpen && (typed !== "" || at >= 0)) {
      const option = options[at];
      if (!isCurrent) void chooseTyped(typed);
      else if (option) choose(option.id);
    } else if (event.key === "Escape" && isOpen) type(null);
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
            type(event.target.value);
            if (event.target.value === "") onChange("");
          }}
          onClick={() => !isOpen && type("")}
          onKeyDown={onKeyDown}
          onBlur={() => {
            type(null);
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
