import { useLayoutEffect, useRef } from "react";

/** A share of one as a bar. Its number stands beside it, so that readers skip it. */
export function Meter({ share, className = "" }: { share: number; className?: string }) {
  const fill = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => fill.current?.style.setProperty("--w", `${Math.round(share * 100)}%`), [share]);
  return (
    <div className={`bar ${className}`} aria-hidden="true">
      <span ref={fill} />
    </div>
  );
}
