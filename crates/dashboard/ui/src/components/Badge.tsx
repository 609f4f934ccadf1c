import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon";

export type Tone = "neutral" | "ok" | "warn" | "bad" | "acc";

/** A state: always a picture and a word, never a colour alone. */
export function Badge({
  tone = "neutral",
  icon,
  children,
  title,
}: {
  tone?: Tone;
  icon?: IconName;
  children: ReactNode;
  title?: string;
}) {
  return (
    <span className={`badge ${tone === "neutral" ? "" : `badge-${tone}`}`} title={title}>
      {icon && <Icon name={icon} />}
      {children}
    </span>
  );
}

export function Note({
  tone = "neutral",
  icon = "info",
  children,
  role,
}: {
  tone?: Tone;
  icon?: IconName;
  children: ReactNode;
  role?: "alert" | "status";
}) {
  return (
    <div className={`note ${tone === "neutral" ? "" : `note-${tone}`}`} role={role}>
      <Icon name={icon} />
      <div className="grow">{children}</div>
    </div>
  );
}

/** A change: sign, arrow and colour. Nought is neither good nor bad. */
export function Delta({ value, children }: { value: number; children: ReactNode }) {
  const direction = value > 0 ? "up" : value < 0 ? "down" : "zero";
  return (
    <span className={`delta n ${direction}`}>
      {value !== 0 && <Icon name={value > 0 ? "up-arrow" : "down-arrow"} />}
      {children}
    </span>
  );
}
