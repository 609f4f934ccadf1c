import type { KeyboardEvent } from "react";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Empty, Failure, Skeleton } from "../../components/States";
import { useFormat } from "../../format/useFormat";
import type { Sort } from "../../api/overview";
import { useText } from "../../i18n/text";
import { AccountRow, LEVEL } from "./AccountRow";
import type { AccountsList } from "./list";
import { isDescending, orderAfterClick, sortOf } from "./order";
import { Pages } from "./Pages";
import "../../styles/screen-overview.css";

interface Props {
  list: AccountsList;
  onEdit?: (handle: string) => void;
}

/** A page of the accounts, in the order of the server. Arrow keys walk the rows, Enter opens one. */
export function AccountsTable({ list, onEdit }: Props) {
  const t = useText();
  const { query } = list;
  if (query.isPending) return <Skeleton className="skel-rows" />;
  if (query.data === undefined) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  const rows = query.data.accounts;
  if (rows.length === 0) {
    return (
      <Empty title={t.accounts.nothingFound}>
        <p>{t.accounts.nothingFoundNext}</p>
        <Button onClick={list.clear}>{t.accounts.clear}</Button>
      </Empty>
    );
  }
  return (
    <>
      <div className="table-wrap" aria-busy={query.isPlaceholderData}>
        <table role="table" className="cards accounts" aria-label={t.accounts.title}>
          <Head list={list} isEditable={onEdit !== undefined} />
          <tbody role="rowgroup" onKeyDown={walkRows}>
            {rows.map((row) => (
              <AccountRow key={row.cuenta} row={row} onEdit={onEdit && (() => onEdit(row.cuenta))} />
            ))}
          </tbody>
        </table>
      </div>
      <Pages list={list} count={rows.length} all={query.data.matching} />
    </>
  );
}

function walkRows(event: KeyboardEvent<HTMLTableSectionElement>) {
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>(".acc-name")];
  const row = event.target instanceof Element ? event.target.closest("tr") : null;
  const at = links.findIndex((link) => row?.contains(link));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
  const link = to === undefined ? undefined : links[to];
  if (!link) return;
  event.preventDefault();
  link.focus();
}

function Head({ list, isEditable }: { list: AccountsList; isEditable: boolean }) {
  const t = useText();
  const format = useFormat();
  const forecastUnit = t.accounts.forecastUnit(format.percent(LEVEL));
  return (
    <thead role="rowgroup">
      <tr role="row">
        <Column list={list} sort="name" text={t.accounts.account} />
        <Column list={list} sort="followers" text={t.accounts.followers} isNumber />
        <Column list={list} text={t.accounts.growth} unit={t.accounts.growthUnit} />
        <Column list={list} sort="change_7" text={t.accounts.change(7)} unit={t.accounts.changeUnit(7)} isNumber />
        <Column list={list} sort="change_28" text={t.accounts.change(28)} unit={t.accounts.changeUnit(28)} isNumber />
        <Column list={list} sort="forecast" text={t.accounts.forecast} unit={forecastUnit} isNumber />
        <Column list={list} sort="data" text={t.accounts.data} />
        <Column list={list} text={t.accounts.model} />
        {isEditable && (
          <th scope="col" role="columnheader">
            <span className="sr">{t.accounts.editTitle}</span>
          </th>
        )}
      </tr>
    </thead>
  );
}

interface ColumnProps {
  list: AccountsList;
  text: string;
  /** How the server sorts by it; a column without is not sorted by. */
  sort?: Sort;
  unit?: string;
  isNumber?: boolean;
}

function Column({ list, sort, text, unit, isNumber }: ColumnProps) {
  const isSorted = sort !== undefined && sortOf(list.order) === sort;
  const direction = isDescending(list.order) ? "descending" : "ascending";
  return (
    <th
      scope="col"
      role="columnheader"
      className={isNumber ? "num" : undefined}
      aria-sort={isSorted ? direction : undefined}
    >
      {sort ? (
        <button type="button" className="sort" onClick={() => list.setOrder(orderAfterClick(list.order, sort))}>
          {text}
          <Icon name={!isSorted ? "sort" : direction === "descending" ? "down-arrow" : "up-arrow"} />
        </button>
      ) : (
        text
      )}
      {unit && <span className="unit">{unit}</span>}
    </th>
  );
}
