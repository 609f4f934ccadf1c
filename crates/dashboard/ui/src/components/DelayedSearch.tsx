import { useEffect, useState } from "react";
import { SearchField } from "./SearchField";

/** So long after the last key the server is asked. */
const PAUSE_MS = 250;

interface Props {
  label: string;
  placeholder?: string;
  /** What is searched for by now, as the address says. */
  search: string;
  onSearch: (text: string) => void;
}

/** A search that begins once somebody stops typing. */
export function DelayedSearch({ label, placeholder = label, search, onSearch }: Props) {
  const [text, setText] = useState(search);
  const [seen, setSeen] = useState(search);
  if (seen !== search) {
    // The address changed by something else than this field, such as the button that removes the filters.
    setSeen(search);
    if (search !== text.trim()) setText(search);
  }
  useEffect(() => {
    if (text.trim() === search) return;
    const timer = setTimeout(() => onSearch(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, search, onSearch]);
  return <SearchField label={label} placeholder={placeholder} value={text} onChange={setText} />;
}
