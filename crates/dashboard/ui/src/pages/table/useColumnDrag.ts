import { useState, type DragEvent } from "react";
import type { TableField } from "../../api/tables";
import type { GridAddress } from "./useGridAddress";
import { columnsMoved } from "./views/columns";

interface Over {
  field: string;
  /** Whether the column comes behind that field, because it comes from before it. */
  isAfter: boolean;
}

/** Columns are dragged by their heads; the menu of columns does the same by keys. */
export function useColumnDrag({ columns, setColumns }: GridAddress) {
  const [dragged, setDragged] = useState<TableField | null>(null);
  const [over, setOver] = useState<Over | null>(null);
  const end = () => {
    setDragged(null);
    setOver(null);
  };
  return (field: TableField) => ({
    className: over?.field === field.id ? (over.isAfter ? "column-after" : "column-before") : "",
    events: {
      draggable: columns.length > 1,
      onDragStart: (event: DragEvent) => {
        event.dataTransfer.effectAllowed = "move";
        // Firefox drags nothing that has no data.
        event.dataTransfer.setData("text/plain", field.display_name);
        setDragged(field);
      },
      onDragOver: (event: DragEvent) => {
        // A file, or a text of another page, is no column.
        if (!dragged) return;
        event.preventDefault();
        const isAfter = columns.indexOf(dragged) < columns.indexOf(field);
        if (dragged.id === field.id) setOver(null);
        else if (over?.field !== field.id) setOver({ field: field.id, isAfter });
      },
      onDrop: (event: DragEvent) => {
        if (!dragged) return;
        event.preventDefault();
        setColumns(columnsMoved(columns, dragged, columns.indexOf(field)));
        end();
      },
      onDragEnd: end,
    },
  });
}
