import "../../styles/screen-table.css";
import { useRecordsTrash, useRestoreRecord, type TrashedRecord } from "../../api/records";
import type { Table } from "../../api/tables";
import { More } from "../../components/More";
import { Empty, Loaded } from "../../components/States";
import { usePageTitle } from "../../components/usePageTitle";
import { useText } from "../../i18n/text";
import { OfTable } from "./OfTable";
import { TableHead } from "./TableHead";
import { TrashList } from "./TrashList";
import { useRelations } from "./useRelations";
import { recordName, useShown } from "./useShown";
import { useMayWrite } from "./useMayWrite";

/** The records of a table that were deleted and can be brought back. */
export default function RecordsTrash() {
  return <OfTable>{(table) => <TrashOf table={table} />}</OfTable>;
}

function TrashOf({ table }: { table: Table }) {
  const t = useText();
  const trash = useRecordsTrash(table.id);
  usePageTitle(t.records.trashTitle(table.display_name));
  return (
    <>
      <TableHead
        title={t.records.trashTitle(table.display_name)}
        below={{ table, what: t.records.trash }}
        sub={t.records.trashLead}
      />
      <section className="card" aria-label={t.records.trashTitle(table.display_name)}>
        <Loaded query={trash}>
          {(records) =>
            records.length === 0 ? (
              <Empty title={t.records.trashNone}>
                <p>{t.records.trashNoneNext}</p>
              </Empty>
            ) : (
              <Trashed table={table} records={records} />
            )
          }
        </Loaded>
        <More query={trash} />
      </section>
    </>
  );
}

/** Values of more fields are not told. */
const MOST_TOLD = 4;

function Trashed({ table, records }: { table: Table; records: readonly TrashedRecord[] }) {
  const t = useText();
  const mayWrite = useMayWrite(table);
  const restore = useRestoreRecord(table.id);
  // The trash names fields by their names, and not by their ids.
  const byId = ({ data }: TrashedRecord) =>
    Object.fromEntries(table.fields.map((field) => [field.id, data[field.name] ?? null]));
  const relations = useRelations(table, records.map(byId));
  const show = useShown(relations);
  return (
    <TrashList
      isAlone
      items={records.map((record) => {
        const data = byId(record);
        const told = table.fields.flatMap((field) => {
          const shown = show(field, data[field.id]);
          return shown === "" ? [] : [`${field.display_name}: ${shown}`];
        });
        return {
          id: record.id,
          name: recordName(table.fields, data, show) ?? t.values.unnamed,
          about: told.slice(0, MOST_TOLD).join(" · "),
          deletedAt: record.deleted_at,
        };
      })}
      {...(mayWrite && { restore })}
    />
  );
}
