import type { Table } from "../../api/tables";
import { ConflictDialog } from "./ConflictDialog";
import type { CellSaves } from "./useCellSaves";
import type { Show } from "./useShown";

interface Props {
  saves: CellSaves;
  table: Table;
  show: Show;
}

/** What was typed into a cell beside what somebody else stored there. */
export function CellConflictDialog({ saves, table, show }: Props) {
  if (!saves.conflict) return null;
  const { conflict, record, field, text } = saves.conflict;
  const { current } = conflict;
  const isCoded = field.field_type === "RELATION" || field.field_type === "BOOLEAN";
  const mine = isCoded && text !== "" ? show(field, field.field_type === "BOOLEAN" ? text === "true" : text) : text;
  const hasOthers = table.fields.some(
    (other) => other.id !== field.id && record.data[other.id] !== current.data[other.id],
  );
  return (
    <ConflictDialog
      conflict={conflict}
      lines={[{ field, mine, theirs: show(field, current.data[field.id]) }]}
      hasOthers={hasOthers}
      onMine={saves.keepMine}
      onTheirs={saves.keepTheirs}
    />
  );
}
