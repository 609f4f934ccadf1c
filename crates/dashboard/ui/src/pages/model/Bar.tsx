import { useLayoutEffect, useRef } from "react";

interface Props {
  /** 0 to 1; null where it is not known yet. */
  share: number | null;
  /** Makes it a progress bar for readers; without it the number stands beside the bar. */
  label?: string;
  className?: string;
}

/** A share as the width of a bar. */
export function Bar({ share, label, className = "" }: Props) {
  const fill = useRef<HTMLSpanElement>(null);
  const percent = share === null ? 0 : Math.round(Math.max(0, Math.min(1, share)) * 1000) / 10;
  useLayoutEffect(() => fill.current?.style.setProperty("--w", `${percent}%`), [percent]);
  const meaning = label
    ? ({
        role: "progressbar",
        "aria-label": label,
        "aria-valuemin": 0,
        "aria-valuemax": 100,
        ...(share !== null && { "aria-valuenow": Math.round(percent) }),
      } as const)
    : ({ "aria-hidden": true } as const);
  return (
    <div className={`bar ${share === null ? "bar-waiting" : ""} ${className}`} {...meaning}>
      <span ref={fill} />
    </div>
  );
}
