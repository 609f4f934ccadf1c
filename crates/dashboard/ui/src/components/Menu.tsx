import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

interface Item {
  text: ReactNode;
  onSelect: () => void;
  /** Absent for an action. The menu stays open for what `any` number of can be on. */
  choice?: { of: "one" | "any"; isOn: boolean; isFixed?: boolean };
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
const ROLES = { one: "menuitemradio", any: "menuitemcheckbox" } as const;

/** A button that opens a short list of actions and choices. Arrow keys walk it, Escape leaves it. */
export function Menu({ button, items = [], groups = [{ items }], className = "btn", isAtStart = false }: Props) {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
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

  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  const walk = (event: KeyboardEvent) => {
    const all = [...(box.current?.querySelectorAll<HTMLElement>(ITEM) ?? [])];
    const at = all.findIndex((item) => item === document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") close();
    else if (event.key === "Tab") setOpen(false);
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
        <div className="menu-pop" role="menu" tabIndex={-1} onKeyDown={walk}>
          {groups.map((group, place) => (
            <div key={place} className="menu-group" role="group" aria-label={group.label}>
              {group.label && (
                <p className="menu-label" aria-hidden="true">
                  {group.label}
                </p>
              )}
              {group.items.map((item, at) => (
                <button
                  key={at}
                  type="button"
                  role={item.choice ? ROLES[item.choice.of] : "menuitem"}
                  aria-checked={item.choice?.isOn}
                  aria-disabled={item.choice?.isFixed || undefined}
                  tabIndex={-1}
                  onClick={() => select(item)}
                >
                  {item.choice && <span className={`menu-mark menu-mark-${item.choice.of}`} aria-hidden="true" />}
                  {item.text}
                </button>
              ))}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
