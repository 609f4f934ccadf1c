import { useState } from "react";
import type { Filter } from "../../api/recordsSearch";
import type { Table } from "../../api/tables";
import { Button } from "../../components/Button";
import { DelayedSearch } from "../../components/DelayedSearch";
import { Icon } from "../../components/Icon";
import { useText } from "../../i18n/text";
import type { Named } from "./conditions";
import { FilterChips, ViewChip } from "./FilterChips";
import { FilterDialog } from "./FilterDialog";
import { partsOf, withBeside, withCondition, withoutCondition, type FilterTree } from "./filterTree";
import { GroupMenu } from "./GroupMenu";
import type { GridAddress } from "./useGridAddress";
import type { OpenGroups } from "./useOpenGroups";
import type { Relations } from "./useRelations";
import type { Show } from "./useShown";
import { ColumnsMenu } from "./views/ColumnsMenu";

interface Props {
  table: Table;
  address: GridAddress;
  relations: Relations;
  show: Show;
  open: OpenGroups;
  /** That of the view by which the records are filtered; null where they are not, or it is not known yet. */
  viewFilter: Filter | null;
}

/** A condition that is being asked for: the one that it was, and the filter with it. */
interface Asked {
  before: Named | null;
  /** The field that a new one is about at first. */
  of?: string | undefined;
  applied: (condition: Named) => FilterTree;
}

/** Search and filters of the grid; each filter is a chip that can be changed or removed. */
export function FilterBar({ table, address, relations, show, open, viewFilter }: Props) {
  const t = useText();
  const [asked, setAsked] = useState<Asked | null>(null);
  const { tree } = address;
  const count = tree.conditions.length;
  const askNew = (applied: Asked["applied"], of?: string) => setAsked({ before: null, of, applied });
  return (
    <div className="sheet-filters" role="search">
      <DelayedSearch label={t.records.find} search={address.q} onSearch={address.setSearch} />
      {!address.isByView && (
        <Button icon="plus" onClick={() => askNew((made) => withCondition(tree, { group: null, at: count }, made))}>
          {t.records.filter}
        </Button>
      )}
      <GroupMenu table={table} address={address} open={open} />
      <ColumnsMenu table={table} address={address} />
      {(address.isByView || partsOf(tree) > 0) && (
        <ul className="filter-chips" aria-label={t.records.filters}>
          {address.isByView && (
            <ViewChip table={table} filter={viewFilter} show={show} onRemove={address.removeFilters} />
          )}
          {partsOf(tree) > 1 && (
            <li>
              <span className="select filter-match">
                <select
                  className="input"
                  aria-label={t.records.match}
                  value={tree.isAny ? "any" : "all"}
                  onChange={({ target }) => address.setTree({ ...tree, isAny: target.value === "any" })}
                >
                  <option value="all">{t.records.matchAll}</option>
                  <option value="any">{t.records.matchAny}</option>
                </select>
                <Icon name="down" small />
              </span>
            </li>
          )}
          <FilterChips
            table={table}
            tree={tree}
            show={show}
            onEdit={(place, before) => setAsked({ before, applied: (next) => withCondition(tree, place, next) })}
            onRemove={(place) => address.setTree(withoutCondition(tree, place))}
            onAdd={({ group, at }) => {
              const beside = group === null ? tree.conditions[at] : tree.groups[group]?.at(-1);
              const applied = (made: Named) =>
                group === null ? withBeside(tree, at, made) : withCondition(tree, { group, at }, made);
              askNew(applied, beside?.name);
            }}
          />
        </ul>
      )}
      {asked && (
        <FilterDialog
          table={table}
          relations={relations}
          condition={asked.before}
          of={asked.of}
          onApply={(condition) => {
            address.setTree(asked.applied(condition));
            setAsked(null);
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  );
}
