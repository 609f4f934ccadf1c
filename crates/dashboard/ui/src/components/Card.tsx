import { useId, type ReactNode } from "react";

interface Props {
  title: ReactNode;
  /** A line below the title. */
  note?: ReactNode;
  /** Stands right of the title. */
  actions?: ReactNode;
  className?: string;
  /** The body has no padding of its own: tables and lists reach the edges. */
  flush?: boolean;
  children: ReactNode;
}

export function Card({ title, note, actions, className = "", flush = false, children }: Props) {
  const id = useId();
  return (
    <section className={`card ${className}`} aria-labelledby={id}>
      <div className="card-head">
        <div className="grow">
          <h2 id={id}>{title}</h2>
          {note && <p>{note}</p>}
        </div>
        {actions}
      </div>
      {flush ? children : <div className="card-body">{children}</div>}
    </section>
  );
}

/** A row of indicators. */
export function Kpis({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section className="card" aria-label={label}>
      <dl className="kpis">{children}</dl>
    </section>
  );
}

export function Kpi({ label, value, note }: { label: ReactNode; value: ReactNode; note?: ReactNode }) {
  return (
    <div className="kpi">
      <dt className="kpi-label">{label}</dt>
      <dd className="kpi-value">{value}</dd>
      {note && <dd className="kpi-note">{note}</dd>}
    </div>
  );
}
