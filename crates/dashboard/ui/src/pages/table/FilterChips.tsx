import type { Filter } from "../../api/recordsSearch";
import type { Table } from "../../api/tables";
import { Badge } from "../../components/Badge";
import { IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { useText } from "../../i18n/text";
import type { Named } from "./conditions";
import type { FilterTree, Place } from "./filterTree";
import { useConditionText } from "./useConditionText";
import { useFilterText } from "./useFilterText";
import type { Show } from "./useShown";

interface Props {
  table: Table;
  tree: FilterTree;
  show: Show;
  onEdit: (place: Place, condition: Named) => void;
  onRemove: (place: Place) => void;
  /** Asks for one more condition in the group, or for one beside a condition that is in none. */
  onAdd: (place: Place) => void;
}

/** Each condition of the filter is a chip; those of a group are in one together. */
export function FilterChips({ table, tree, show, onEdit, onRemove, onAdd }: Props) {
  const t = useText();
  const { isAny, conditions, groups } = tree;
  const chip = (condition: Named, place: Place) => (
    <Chip
      table={table}
      condition={condition}
      show={show}
      onEdit={() => onEdit(place, condition)}
      onRemove={() => onRemove(place)}
    />
  );
  const add = isAny ? t.records.addAnd : t.records.addOr;
  const joint = isAny ? t.records.and : t.records.or;
  return (
    <>
      {conditions.map((condition, at) => (
        <li key={`${condition.name}/${condition.op}/${at}`} className="filter-chip">
          {chip(condition, { group: null, at })}
          <button type="button" className="filter-more" onClick={() => onAdd({ group: null, at })}>
            {joint}…<span className="sr"> ({add})</span>
          </button>
        </li>
      ))}
      {groups.map((group, at) => (
        <li key={at} className="filter-chip filter-group">
          <ul aria-label={isAny ? t.records.groupOfAll : t.records.groupOfAny}>
            {group.map((condition, place) => (
              <li key={place}>
                {place > 0 && <span className="filter-joint">{joint}</span>}
                {chip(condition, { group: at, at: place })}
              </li>
            ))}
          </ul>
          <button type="button" className="filter-more" onClick={() => onAdd({ group: at, at: group.length })}>
            {joint}…<span className="sr"> ({add})</span>
          </button>
        </li>
      ))}
    </>
  );
}

interface ViewChipProps {
  table: Table;
  /** Null while the view is not known. */
  filter: Filter | null;
  show: Show;
  onRemove: () => void;
}

/** A filter that only its view has words for. */
export function ViewChip({ table, filter, show, onRemove }: ViewChipProps) {
  const t = useText();
  const say = useFilterText(table.fields, show);
  return (
    <li className="filter-chip">
      <span className="filter-of-view" title={t.views.filterWhy}>
        <Icon name="bookmark" small />
        <span>
          {t.views.filter}
          {filter && `: ${say(filter)}`}
        </span>
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
    <>
      {field ? (
        <button type="button" className="filter-text" aria-label={t.records.changeFilter(text)} onClick={onEdit}>
          {text}
        </button>
      ) : (
        <Badge tone="warn" icon="alert" title={t.records.goneWhy}>
          {text}
        </Badge>
      )}
      <IconButton small icon="x" label={t.records.removeFilter(text)} onClick={onRemove} />
    </>
  );
}
