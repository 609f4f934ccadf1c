import { useMemo } from "react";
import type { Table } from "../../api/tables";
import { Button } from "../../components/Button";
import { Empty, Failure, Skeleton } from "../../components/States";
import { useText } from "../../i18n/text";
import { FilterBar } from "./FilterBar";
import { GridTable } from "./GridTable";
import { useGridAddress, type GridAddress } from "./useGridAddress";
import { useRelations } from "./useRelations";
import { useRows } from "./useRows";
import { useShown } from "./useShown";
import { ViewsBar } from "./views/ViewsBar";

interface Props {
  table: Table;
  /** Absent for whoever may only look. */
  onAdd: (() => void) | null;
}

/** The records that are asked for, and what asks for them. */
export function RecordsCard({ table, onAdd }: Props) {
  const t = useText();
  const address = useGridAddress(table.fields);
  const rows = useRows(table.id, address.ask);
  const relations = useRelations(table, [
    ...rows.inView.map((record) => record.data),
    ...address.ask.conditions.map(({ field, value }) => ({ [field]: value })),
  ]);
  const show = useShown(relations);
  const { query } = rows;
  const { columns } = address;
  const sheet = useMemo(() => ({ ...table, fields: [...columns] }), [table, columns]);
  const isEmpty = query.data?.total === 0 && !address.isNarrowed;
  return (
    <>
      {!isEmpty && (
        <div className="card-head sheet-head">
          <ViewsBar table={table} address={address} />
          <FilterBar table={table} address={address} relations={relations} show={show} />
        </div>
      )}
      {query.isError && !query.data ? (
        <>
          <Failure error={query.error} onRetry={() => void query.refetch()} />
          {address.isNarrowed && (
            <div className="card-body">
              <Button onClick={address.clear}>{t.records.clearFilters}</Button>
            </div>
          )}
        </>
      ) : !query.data ? (
        <Skeleton className="skel-sheet" />
      ) : rows.total === 0 ? (
        <NoRecords isEmpty={isEmpty} address={address} onAdd={onAdd} />
      ) : (
        <GridTable key={table.id} table={sheet} rows={rows} address={address} relations={relations} show={show} />
      )}
    </>
  );
}

interface NoneProps {
  isEmpty: boolean;
  address: GridAddress;
  onAdd: (() => void) | null;
}

function NoRecords({ isEmpty, address, onAdd }: NoneProps) {
  const t = useText();
  if (!isEmpty)
    return (
      <Empty title={t.records.nothingFound}>
        <p>{t.records.nothingFoundNext}</p>
        <Button onClick={address.clear}>{t.records.clearFilters}</Button>
      </Empty>
    );
  return (
    <Empty title={t.records.none}>
      <p>{onAdd ? t.records.noneNext : t.records.noneRead}</p>
      {onAdd && (
        <Button look="primary" icon="plus" onClick={onAdd}>
          {t.records.add}
        </Button>
      )}
    </Empty>
  );
}
