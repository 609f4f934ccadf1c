import { DelayedSearch } from "../../components/DelayedSearch";
import { Select } from "../../components/Field";
import { Icon } from "../../components/Icon";
import { useText } from "../../i18n/text";
import type { AccountsList } from "./list";
import type { Order } from "./order";

/** Search, the filter of what needs a person, and the order where no column heads show it. */
export function Filters({ list }: { list: AccountsList }) {
  const t = useText();
  const orders = Object.entries(t.accounts.sorts).map(([value, text]) => ({ value, text }));
  return (
    <div className="filters">
      <div className="only-cards">
        <Select
          label={t.accounts.sortBy}
          hideLabel
          value={list.order}
          onChange={(order) => list.setOrder(order as Order)}
          options={orders}
        />
      </div>
      <button
        type="button"
        className="btn toggle"
        aria-pressed={list.onlyAttention}
        onClick={() => list.setOnlyAttention(!list.onlyAttention)}
      >
        <Icon name="alert" small />
        {t.accounts.onlyAttention}
      </button>
      <DelayedSearch
        label={t.accounts.filterLabel}
        placeholder={t.accounts.filter}
        search={list.search}
        onSearch={list.setSearch}
      />
    </div>
  );
}
