import { useLayoutEffect, useRef } from "react";

interface Props {
  rows: number;
  /** Of one row, in pixels. */
  height: number;
  columns: number;
}

/** Stands for rows that are not drawn, as tall as they would be. */
export function Spacer({ rows, height, columns }: Props) {
  const cell = useRef<HTMLTableCellElement>(null);
  useLayoutEffect(() => cell.current?.style.setProperty("--gap", `${rows * height}px`), [rows, height]);
  return (
    <tr className="sheet-gap" aria-hidden="true">
      <td ref={cell} colSpan={columns} />
    </tr>
  );
}
