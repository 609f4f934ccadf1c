import type { ReactNode } from "react";
import { Link } from "wouter";
import { Icon } from "./Icon";

interface Props {
  label: string;
  /** The list that the screen belongs to. */
  href: string;
  list: string;
  /** What of the list it is. */
  children: ReactNode;
}

/** The way back from a screen to the list that it belongs to. */
export function Crumb({ label, href, list, children }: Props) {
  return (
    <nav className="crumb" aria-label={label}>
      <Link href={href}>{list}</Link>
      <Icon name="right" small />
      {children}
    </nav>
  );
}
