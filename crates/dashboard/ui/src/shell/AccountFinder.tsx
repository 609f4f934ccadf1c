import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { useLocation } from "wouter";
import { foundAccountsQuery, useFoundAccounts } from "../api/accounts";
import { Icon } from "../components/Icon";
import { useDebounced } from "../components/useDebounced";
import { useText } from "../i18n/text";
import { accountPath } from "./navigation";

/** Goes to an account by its name; `/` reaches it from anywhere. */
export function AccountFinder() {
  const t = useText();
  const id = useId();
  const [, go] = useLocation();
  const input = useRef<HTMLInputElement>(null);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const queries = useQueryClient();
  const typed = query.trim();
  const asked = useDebounced(typed);
  const found = useFoundAccounts(asked);
  const options = typed && asked ? (found.data ?? []) : [];
  const isAnswered = asked === typed && found.isSuccess && !found.isPlaceholderData;
  useSlashKey(() => input.current?.focus());

  const open = (handle: string) => {
    setQuery("");
    input.current?.blur();
    go(accountPath(handle));
  };
  const openTyped = async () => {
    const [first] = await queries.fetchQuery({ ...foundAccountsQuery(typed), retry: false }).catch(() => []);
    if (first) open(first.cuenta);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length > 0) {
      event.preventDefault();
      setAt((at + step + options.length) % options.length);
    }
    const chosen = options[at];
    if (event.key === "Enter" && typed) {
      // Whoever types fast is ahead of the list: what is shown may be of fewer letters.
      if (!isAnswered && at === 0) void openTyped();
      else if (chosen) open(chosen.cuenta);
    }
    if (event.key === "Escape") setQuery("");
  };

  return (
    <div className="finder hide-s">
      <label className="find">
        <Icon name="search" small />
        <span className="sr">{t.shell.findAccount}</span>
        <input
          ref={input}
          type="search"
          role="combobox"
          placeholder={t.shell.findAccount}
          aria-expanded={options.length > 0}
          aria-controls={id}
          aria-activedescendant={options[at] && `${id}-${at}`}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKey}
          onBlur={() => setTimeout(() => setQuery(""), 150)}
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      <ul
        className="menu-pop finder-list"
        id={id}
        role="listbox"
        aria-label={t.shell.findAccount}
        hidden={options.length === 0}
      >
        {options.map((account, index) => (
          <li
            key={account.cuenta}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            onPointerDown={() => open(account.cuenta)}
          >
            <span className="strong">{account.cuenta}</span>
            <span className="sub-line">{account.nombre}</span>
          </li>
        ))}
      </ul>
      {typed && isAnswered && options.length === 0 && (
        <p className="menu-pop finder-list muted small">{t.shell.noAccountFound}</p>
      )}
    </div>
  );
}

function useSlashKey(reach: () => void) {
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const isTyping = event.target instanceof Element && event.target.matches("input, textarea, select");
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      reach();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}
