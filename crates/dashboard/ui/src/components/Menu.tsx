import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { Icon } from "./Icon";

/** A way to another place in the list; nothing at its end. */
interface Move {
  label: string;
  onMove: (() => void) | null;
}

interface Item {
  /** Where items change places, so that the focus goes with them. */
  key?: string;
  text: ReactNode;
  onSelect: () => void;
  /** Absent for an action. The menu stays open for what `any` number of can be on. */
  choice?: { of: "one" | "any"; isOn: boolean; isFixed?: boolean };
  /** Two buttons behind it, which the arrows to the sides reach; Alt and an arrow do the same. */
  moves?: { before: Move; after: Move };
}

export interface MenuGroup {
  label?: string;
  items: readonly Item[];
}

interface Props {
  button: ReactNode;
  items?: readonly Item[];
  /** In the place of `items`: several lists, with lines between them. */
  groups?: readonly MenuGroup[];
  className?: string;
  /** Below the beginning of the button, where there is no room before it. */
  isAtStart?: boolean;
}

const ITEM = "[role^=menuitem]";
/** Each line of the menu, without what moves it. */
const FIRST = `${ITEM}:not(.menu-move)`;
const ROLES = { one: "menuitemradio", any: "menuitemcheckbox" } as const;

/** A button that opens a short list of actions and choices. Arrow keys walk it, Escape leaves it. */
export function Menu({ button, items = [], groups = [{ items }], className = "btn", isAtStart = false }: Props) {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  /** The item that had the focus last. */
  const reached = useRef<string | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    box.current?.querySelector<HTMLElement>(ITEM)?.focus();
    const closeOutside = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", closeOutside);
    return () => document.removeEventListener("pointerdown", closeOutside);
  }, [isOpen]);

  // An item that changes its place loses the focus on the way.
  useLayoutEffect(() => {
    if (isOpen && reached.current && document.activeElement === document.body)
      box.current?.querySelector<HTMLElement>(`[data-item="${CSS.escape(reached.current)}"]`)?.focus();
  });

  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  const walk = (event: KeyboardEvent) => {
    const line = document.activeElement?.closest(".menu-line");
    const inLine = [...(line?.querySelectorAll<HTMLElement>(ITEM) ?? [])];
    const all = [...(box.current?.querySelectorAll<HTMLElement>(FIRST) ?? [])];
    const at = all.findIndex((item) => item === (inLine[0] ?? document.activeElement));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Escape") close();
    else if (event.key === "Tab") setOpen(false);
    else if (step && event.altKey) inLine[step < 0 ? 1 : 2]?.click();
    else if (side) inLine[inLine.findIndex((item) => item === document.activeElement) + side]?.focus();
    else if (step) all[(at + step + all.length) % all.length]?.focus();
    else return;
    if (event.key !== "Tab") event.preventDefault();
  };
  const select = ({ choice, onSelect }: Item) => {
    if (choice?.isFixed) return;
    if (choice?.of !== "any") close();
    onSelect();
  };

  return (
    <div className={isAtStart ? "menu menu-start" : "menu"} ref={box}>
      <button
        type="button"
        ref={opener}
        className={className}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {button}
      </button>
      {isOpen && (
        <div
          className="menu-pop"
          role="menu"
          tabIndex={-1}
          onKeyDown={walk}
          onFocus={({ target }) => (reached.current = target.dataset.item ?? null)}
        >
          {groups.map((group, place) => (
            <div key={place} className="menu-group" role="group" aria-label={group.label}>
              {group.label && (
                <p className="menu-label" aria-hidden="true">
                  {group.label}
                </p>
              )}
              {group.items.map((item, at) => (
                <MenuLine key={item.key ?? at} item={item} onSelect={() => select(item)} />
              ))}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

function MenuLine({ item, onSelect }: { item: Item; onSelect: () => void }) {
  const { choice, moves, text } = item;
  const button = (
    <button
      type="button"
      data-item={item.key}
      role={choice ? ROLES[choice.of] : "menuitem"}
      aria-checked={choice?.isOn}
      aria-disabled={choice?.isFixed || undefined}
      tabIndex={-1}
      onClick={onSelect}
    >
      {choice && <span className={`menu-mark menu-mark-${choice.of}`} aria-hidden="true" />}
      {text}
    </button>
  );
  if (!moves) return button;
  return (
    <div className="menu-line" role="presentation">
      {button}
      <MoveButton item={`${item.key} before`} move={moves.before} icon="up-arrow" />
      <MoveButton item={`${item.key} after`} move={moves.after} icon="down-arrow" />
    </div>
  );
}

interface MoveProps {
  item: string;
  move: Move;
  icon: "up-arrow" | "down-arrow";
}

function MoveButton({ item, move: { label, onMove }, icon }: MoveProps) {
  return (
    <button
      type="button"
      role="menuitem"
      className="menu-move"
      data-item={item}
      aria-label={label}
      title={label}
      aria-disabled={!onMove || undefined}
      tabIndex={-1}
      onClick={() => onMove?.()}
    >
      <Icon name={icon} small />
    </button>
  );
}
