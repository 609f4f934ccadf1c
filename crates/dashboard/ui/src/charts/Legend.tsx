export type Swatch =
  | { as: "line"; className: string; dash?: string }
  | { as: "box"; className: string }
  | { as: "ring"; className: string }
  | { as: "triangle"; className: string }
  | { as: "diamond"; className: string };

interface Entry<K extends string> {
  key: K;
  text: string;
  /** What it is, where the word alone does not tell. */
  title?: string | undefined;
  swatch: Swatch;
}

interface Props<K extends string> {
  label: string;
  /** What is always drawn. */
  fixed: readonly Entry<string>[];
  entries: readonly Entry<K>[];
  off: ReadonlySet<K>;
  onToggle: (key: K) => void;
}

/** The layers of a chart. Each is a switch, and shows its dash or shape, not a colour only. */
export function Legend<K extends string>({ label, fixed, entries, off, onToggle }: Props<K>) {
  return (
    <div className="legend" role="group" aria-label={label}>
      {fixed.map(({ key, text, swatch }) => (
        <span key={key}>
          <svg viewBox="0 0 22 12" aria-hidden="true">
            <Shape swatch={swatch} />
          </svg>
          {text}
        </span>
      ))}
      {entries.map(({ key, text, title, swatch }) => (
        <button key={key} type="button" aria-pressed={!off.has(key)} title={title} onClick={() => onToggle(key)}>
          <svg viewBox="0 0 22 12" aria-hidden="true">
            <Shape swatch={swatch} />
          </svg>
          {text}
        </button>
      ))}
    </div>
  );
}

function Shape({ swatch }: { swatch: Swatch }) {
  switch (swatch.as) {
    case "line":
      return (
        <line x1="0" x2="22" y1="6" y2="6" strokeWidth="2" strokeDasharray={swatch.dash} className={swatch.className} />
      );
    case "box":
      return <rect width="22" height="12" rx="2" className={swatch.className} />;
    case "ring":
      return <circle cx="11" cy="6" r="4.5" fill="none" strokeWidth="2" className={swatch.className} />;
    case "triangle":
      return <path d="M6 11h10l-5-9z" className={swatch.className} />;
    case "diamond":
      return <path d="M11 1l5 5-5 5-5-5z" className={swatch.className} />;
  }
}
