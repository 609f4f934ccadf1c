import { useMemo } from "react";
import type { Table } from "../../api/tables";
import { useViews } from "../../api/views";
import { Button } from "../../components/Button";
import { Empty, Failure, Skeleton } from "../../components/States";
import { useText } from "../../i18n/text";
import { fieldOf } from "./conditions";
import { FilterBar } from "./FilterBar";
import { filterOf } from "./filters";
import { allOf } from "./filterTree";
import { GridTable } from "./GridTable";
import { useGridAddress, type GridAddress } from "./useGridAddress";
import { useGroupedRows } from "./useGroupedRows";
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
  const { ask, columns, grouping } = address;
  const view = useViews(table.id).data?.find(({ id }) => id === ask.view);
  const filter = ask.filter ?? (ask.view ? view && (view.filter ?? null) : filterOf(ask.conditions, table.fields));
  const plain = useRows(table.id, ask, grouping === null);
  const grouped = useGroupedRows({ table: table.id, ask, filter, grouping, fields: table.fields, columns });
  const rows = grouping ? grouped.rows : plain;
  const relations = useRelations(table, [
    ...rows.inView.map((record) => record.data),
    // Headings of closed groups have no record in view.
    ...(grouping ? grouped.inView.map(({ key }) => ({ [grouping.field]: key })) : []),
    ...allOf(address.tree).map(({ name, value }) => ({ [fieldOf(table.fields, name)?.id ?? name]: value })),
  ]);
  const show = useShown(relations);
  const { query } = rows;
  const sheet = useMemo(() => ({ ...table, fields: [...columns] }), [table, columns]);
  const isEmpty = query.isKnown && rows.total === 0 && !address.isNarrowed;
  return (
    <>
      {!isEmpty && (
        <div className="card-head sheet-head">
          <ViewsBar table={table} address={address} />
          <FilterBar
            table={table}
            address={address}
            relations={relations}
            show={show}
            open={grouped.open}
            viewFilter={view?.filter ?? null}
          />
        </div>
      )}
      {query.isError && !query.isKnown ? (
        <>
          <Failure error={query.error} onRetry={() => void query.refetch()} />
          {grouping && (
            <div className="card-body row">
              <p>{t.grouping.failedNext}</p>
              <Button onClick={() => address.setGrouping(null)}>{t.grouping.none}</Button>
            </div>
          )}
          {address.isNarrowed && (
            <div className="card-body">
              <Button onClick={address.clear}>{t.records.clearFilters}</Button>
            </div>
          )}
        </>
      ) : !query.isKnown ? (
        <Skeleton className="skel-sheet" />
      ) : rows.total === 0 ? (
        <NoRecords isEmpty={isEmpty} address={address} onAdd={onAdd} />
      ) : (
        <GridTable
          key={table.id}
          table={sheet}
          rows={rows}
          groups={grouping && grouped.groups.length}
          address={address}
          relations={relations}
          show={show}
        />
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
