import { useEffect, useId, useRef, type KeyboardEvent, type ReactNode, type RefObject } from "react";

interface Props<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  tabs: readonly { value: T; text: ReactNode }[];
  /** The panel of the chosen tab. */
  children: ReactNode;
}

/** The parts of a screen, one at a time. Arrow keys walk them. */
export function Tabs<T extends string>({ label, value, onChange, tabs, children }: Props<T>) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  useChosenInView(list, value);
  const walk = (event: KeyboardEvent<HTMLDivElement>) => {
    const at = tabs.findIndex((tab) => tab.value === value);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    const chosen = next === undefined ? undefined : tabs[(next + tabs.length) % tabs.length];
    if (!chosen) return;
    event.preventDefault();
    onChange(chosen.value);
    event.currentTarget.querySelector<HTMLElement>(`[data-tab="${chosen.value}"]`)?.focus();
  };
  return (
    <>
      <div ref={list} className="seg tabs" role="tablist" aria-label={label} onKeyDown={walk}>
        {tabs.map((tab) => (
          <button
            key={tab.value}
            id={`${id}-${tab.value}`}
            data-tab={tab.value}
            type="button"
            role="tab"
            aria-selected={tab.value === value}
            aria-controls={`${id}-panel`}
            tabIndex={tab.value === value ? 0 : -1}
            onClick={() => onChange(tab.value)}
          >
            {tab.text}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} className="stack tab-panel" role="tabpanel" aria-labelledby={`${id}-${value}`}>
        {children}
      </div>
    </>
  );
}

/** Where the tabs are wider than the screen, they scroll to the chosen one. */
function useChosenInView(list: RefObject<HTMLDivElement | null>, value: string) {
  useEffect(() => {
    const tab = list.current?.querySelector<HTMLElement>(`[data-tab="${value}"]`);
    if (!list.current || !tab) return;
    const before = tab.offsetLeft - list.current.offsetLeft;
    list.current.scrollTo({ left: before - (list.current.clientWidth - tab.offsetWidth) / 2 });
  }, [list, value]);
}
