import type { Table } from "../../api/tables";

/** How wide the columns are: by what they hold, and not by the rows that happen to be drawn. */
export function GridColumns({ table, mayWrite }: { table: Table; mayWrite: boolean }) {
  return (
    <colgroup>
      <col className="holds-way" />
      {table.fields.map((field) => (
        <col key={field.id} className={`holds-${field.field_type.toLowerCase()}`} />
      ))}
      {mayWrite && <col className="holds-way" />}
    </colgroup>
  );
}
