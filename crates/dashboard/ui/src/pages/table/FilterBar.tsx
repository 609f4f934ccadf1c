import { useState } from "react";
import type { Table } from "../../api/tables";
import { Badge } from "../../components/Badge";
import { Button, IconButton } from "../../components/Button";
import { DelayedSearch } from "../../components/DelayedSearch";
import { Icon } from "../../components/Icon";
import { useText } from "../../i18n/text";
import type { Named } from "./conditions";
import { FilterDialog } from "./FilterDialog";
import { useConditionText } from "./useConditionText";
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
}

/** Search and filters of the grid; each filter is a chip that can be changed or removed. */
export function FilterBar({ table, address, relations, show, open }: Props) {
  const t = useText();
  const [asked, setAsked] = useState<Named | "new" | null>(null);
  return (
    <div className="sheet-filters" role="search">
      <DelayedSearch label={t.records.find} search={address.q} onSearch={address.setSearch} />
      {!address.isByView && (
        <Button icon="plus" onClick={() => setAsked("new")}>
          {t.records.filter}
        </Button>
      )}
      <GroupMenu table={table} address={address} open={open} />
      <ColumnsMenu table={table} address={address} />
      {(address.isByView || address.conditions.length > 0) && (
        <ul className="filter-chips" aria-label={t.records.filters}>
          {address.isByView && <ViewChip onRemove={address.removeFilters} />}
          {address.conditions.map((condition) => (
            <Chip
              key={`${condition.name}/${condition.op}`}
              table={table}
              condition={condition}
              show={show}
              onEdit={() => setAsked(condition)}
              onRemove={() => address.removeCondition(condition)}
            />
          ))}
        </ul>
      )}
      {asked && (
        <FilterDialog
          table={table}
          relations={relations}
          condition={asked === "new" ? null : asked}
          onApply={(condition) => {
            address.setCondition(condition, asked === "new" ? undefined : asked);
            setAsked(null);
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  );
}

/** A filter that only its view has words for. */
function ViewChip({ onRemove }: { onRemove: () => void }) {
  const t = useText();
  return (
    <li className="filter-chip">
      <span className="filter-of-view" title={t.views.filterWhy}>
        <Icon name="bookmark" small />
        {t.views.filter}
        <span className="sr">. {t.views.filterWhy}</span>
      </span>
      <IconButton small icon="x" label={t.records.removeFilter(t.views.filter)} onClick={onRemove} />
    </li>
  );
}

interface ChipProps {
  table: Table;
  condition: Named;
  show: Show;
  onEdit: () => void;
  onRemove: () => void;
}

function Chip({ table, condition, show, onEdit, onRemove }: ChipProps) {
  const t = useText();
  const say = useConditionText(show);
  const field = table.fields.find(({ name }) => name === condition.name);
  const text = field ? say(field, condition) : t.records.gone(condition.name);
  return (
    <li className="filter-chip">
      {field ? (
        <button type="button" aria-label={t.records.changeFilter(text)} onClick={onEdit}>
          {text}
        </button>
      ) : (
        <Badge tone="warn" icon="alert" title={t.records.goneWhy}>
          {text}
        </Badge>
      )}
      <IconButton small icon="x" label={t.records.removeFilter(text)} onClick={onRemove} />
    </li>
  );
}
