import "../../styles/screen-table.css";
import { useState } from "react";
import { Link } from "wouter";
import { useRecords, type RecordsPage } from "../../api/records";
import { PAGE_SIZE } from "../../api/recordsSearch";
import type { Table } from "../../api/tables";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Empty, Failure, Skeleton } from "../../components/States";
import { usePageTitle } from "../../components/usePageTitle";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { tablePath } from "./address";
import { FilterBar } from "./FilterBar";
import { GridTable } from "./GridTable";
import { NewRecord } from "./NewRecord";
import { OfTable } from "./OfTable";
import { TableHead } from "./TableHead";
import { useGridAddress, type GridAddress } from "./useGridAddress";
import { useRelations } from "./useRelations";
import { useShown } from "./useShown";

/** The records of a table. */
export default function Grid() {
  return <OfTable>{(table) => <GridOf table={table} />}</OfTable>;
}

function GridOf({ table }: { table: Table }) {
  const t = useText();
  const { rol } = useWho();
  const [isNew, setNew] = useState(false);
  usePageTitle(table.display_name);
  const mayDefine = may(rol, "define-tables");
  const hasFields = table.fields.length > 0;
  const add = may(rol, "write-records") && hasFields ? () => setNew(true) : null;
  return (
    <>
      <TableHead
        title={table.display_name}
        sub={table.description}
        actions={
          <>
            {mayDefine && (
              <Link className="btn" href={tablePath(table.id, "definition")}>
                <Icon name="edit" />
                {t.records.define}
              </Link>
            )}
            <Link className="btn" href={tablePath(table.id, "trash")}>
              <Icon name="trash" />
              {t.records.trash}
            </Link>
            {add && (
              <Button look="primary" icon="plus" onClick={add}>
                {t.records.add}
              </Button>
            )}
          </>
        }
      />
      <section className="card" aria-label={table.display_name}>
        {hasFields ? (
          <Sheet table={table} onAdd={add} />
        ) : (
          <Empty title={t.records.noFields}>
            <p>{mayDefine ? t.records.noFieldsNext : t.records.noFieldsAsk}</p>
            {mayDefine && (
              <Link className="btn btn-primary" href={tablePath(table.id, "definition")}>
                {t.records.define}
              </Link>
            )}
          </Empty>
        )}
      </section>
      {isNew && <NewRecord table={table} onClose={() => setNew(false)} />}
    </>
  );
}

function Sheet({ table, onAdd }: { table: Table; onAdd: (() => void) | null }) {
  const t = useText();
  const address = useGridAddress(table.fields);
  const query = useRecords(table.id, address.ask);
  const page = query.data;
  const relations = useRelations(table, [
    ...(page?.items ?? []).map((record) => record.data),
    ...address.ask.conditions.map(({ field, value }) => ({ [field]: value })),
  ]);
  const show = useShown(relations);
  const isEmpty = page?.total === 0 && !address.isNarrowed;
  return (
    <>
      {!isEmpty && (
        <div className="card-head">
          <FilterBar table={table} address={address} relations={relations} show={show} />
        </div>
      )}
      {query.isError && !page ? (
        <>
          <Failure error={query.error} onRetry={() => void query.refetch()} />
          {address.isNarrowed && (
            <div className="card-body">
              <Button onClick={address.clear}>{t.records.clearFilters}</Button>
            </div>
          )}
        </>
      ) : !page ? (
        <Skeleton className="skel-sheet" />
      ) : page.items.length === 0 ? (
        <NoRecords isEmpty={isEmpty} address={address} onAdd={onAdd} />
      ) : (
        <>
          <GridTable
            key={table.id}
            table={table}
            page={page}
            isBusy={query.isPlaceholderData}
            address={address}
            relations={relations}
            show={show}
          />
          <GridPages page={page} address={address} />
        </>
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
        <Button onClick={() => (address.isNarrowed ? address.clear() : address.setPage(1))}>
          {t.records.clearFilters}
        </Button>
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

/** Which rows are shown, and the way to the others. */
function GridPages({ page, address }: { page: RecordsPage; address: GridAddress }) {
  const t = useText();
  const format = useFormat();
  const first = (page.page - 1) * PAGE_SIZE;
  const say = page.total_exact ? t.records.rows : t.records.rowsOrMore;
  const hasNext = page.page < page.total_pages;
  return (
    <nav className="sheet-pages row between" aria-label={t.records.page}>
      <span className="small muted n" role="status">
        {page.total_pages > 1
          ? say(format.number(first + 1), format.number(first + page.items.length), format.number(page.total))
          : t.records.count(format.number(page.total), page.total === 1, page.total_exact)}
      </span>
      {page.total_pages > 1 && (
        <span className="row-tight">
          <Button small icon="left" disabled={page.page === 1} onClick={() => address.setPage(page.page - 1)}>
            {t.records.previous}
          </Button>
          <Button small disabled={!hasNext} onClick={() => address.setPage(page.page + 1)}>
            {t.records.next}
          </Button>
        </span>
      )}
    </nav>
  );
}
