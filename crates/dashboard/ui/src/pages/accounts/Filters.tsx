import { useEffect, useState } from "react";
import { Select } from "../../components/Field";
import { Icon } from "../../components/Icon";
import { SearchField } from "../../components/SearchField";
import { useText } from "../../i18n/text";
import type { AccountsList } from "./list";
import type { Order } from "./order";

/** So long after the last key the server is asked. */
const PAUSE_MS = 250;

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
      <SearchBox list={list} />
    </div>
  );
}

function SearchBox({ list }: { list: AccountsList }) {
  const t = useText();
  const [text, setText] = useState(list.search);
  const { search, setSearch } = list;
  const [seen, setSeen] = useState(search);
  if (seen !== search) {
    // The address changed by something else than this field, such as the button that removes the filters.
    setSeen(search);
    if (search !== text.trim()) setText(search);
  }
  useEffect(() => {
    if (text.trim() === search) return;
    const timer = setTimeout(() => setSearch(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, search, setSearch]);
  return <SearchField label={t.accounts.filterLabel} placeholder={t.accounts.filter} value={text} onChange={setText} />;
}
