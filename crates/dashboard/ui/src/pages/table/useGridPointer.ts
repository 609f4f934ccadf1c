import { useRef, type FocusEvent, type MouseEvent, type PointerEvent } from "react";
import type { Cursor, Place } from "./useCursor";

/** The cell that an event is about. */
function placeOf(target: EventTarget): Place | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>("[data-cell]") : null;
  const [row, column] = cell?.dataset.cell?.split(":").map(Number) ?? [];
  return row === undefined || column === undefined ? null : { row, column };
}

/** Cells are selected by a mouse that is drawn over them, or by a click with Shift. */
export function useGridPointer(cursor: Cursor, isEditing: boolean, open: (place: Place) => void) {
  const isDrawing = useRef(false);
  return {
    onPointerDown: (event: PointerEvent) => {
      const place = placeOf(event.target);
      if (!place || isEditing || event.button !== 0) return;
      if (event.shiftKey) {
        // Otherwise the browser selects the text in between.
        event.preventDefault();
        cursor.selectTo(place);
      } else if (event.target instanceof Element && !event.target.closest("a, button")) {
        isDrawing.current = event.pointerType === "mouse";
        cursor.moveTo(place);
      }
    },
    onPointerOver: (event: PointerEvent) => {
      if (!isDrawing.current) return;
      const place = placeOf(event.target);
      if (event.buttons !== 1) isDrawing.current = false;
      else if (place) cursor.selectTo(place);
    },
    onFocus: (event: FocusEvent) => {
      const place = placeOf(event.target);
      if (!(event.target instanceof HTMLElement)) return;
      const { cell, heading } = event.target.dataset;
      if (place && cell) cursor.note(place);
      // From a heading keys go on in the column that they came from.
      else if (heading) cursor.note({ row: Number(heading), column: cursor.at.column });
    },
    onDoubleClick: (event: MouseEvent) => {
      const place = placeOf(event.target);
      if (place && !isEditing) open(place);
    },
  };
}
