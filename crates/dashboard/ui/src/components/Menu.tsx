import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

interface Item {
  text: ReactNode;
  onSelect: () => void;
}

/** A button that opens a short list of actions. Arrow keys walk it, Escape leaves it. */
export function Menu({
  button,
  items,
  className = "btn",
}: {
  button: ReactNode;
  items: readonly Item[];
  className?: string;
}) {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    box.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
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
    const all = [...(box.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const at = all.findIndex((item) => item === document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") close();
    else if (event.key === "Tab") setOpen(false);
    else if (step) all[(at + step + all.length) % all.length]?.focus();
    else return;
    if (event.key !== "Tab") event.preventDefault();
  };

  return (
    <div className="menu" ref={box}>
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
          {items.map((item, at) => (
            <button key={at} type="button" role="menuitem" tabIndex={-1} onClick={() => (close(), item.onSelect())}>
              {item.text}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
