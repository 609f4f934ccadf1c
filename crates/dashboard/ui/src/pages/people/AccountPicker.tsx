import { useId, useState } from "react";
import { useAssignableAccounts } from "../../api/people";
import { IconButton } from "../../components/Button";
import { Field } from "../../components/Field";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";

interface Props {
  value: readonly string[];
  onChange: (accounts: string[]) => void;
  error?: string | undefined;
}

/** The accounts that a person sees. They are searched on the server, because a company may have thousands. */
export function AccountPicker({ value, onChange, error }: Props) {
  const t = useText();
  const format = useFormat();
  const id = useId();
  const [query, setQuery] = useState("");
  const toggle = (account: string) =>
    onChange(value.includes(account) ? value.filter((other) => other !== account) : [...value, account]);
  return (
    <div className="stack-s" role="group" aria-labelledby={id}>
      <p className="label" id={id}>
        {value.length > 0 ? t.people.assignedCount(format.number(value.length)) : t.people.noneYet}
      </p>
      {value.length > 0 && (
        <ul className="account-chips">
          {value.map((account) => (
            <li key={account} className="account-chip">
              <span className="breakable">{account}</span>
              <IconButton small icon="x" label={t.people.unassign(account)} onClick={() => toggle(account)} />
            </li>
          ))}
        </ul>
      )}
      <Field
        label={t.people.findAccount}
        value={query}
        onChange={setQuery}
        error={error}
        type="search"
        autoComplete="off"
        // Enter belongs to the search here, not to the form around it.
        onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
      />
      <Found query={query} value={value} onToggle={toggle} />
    </div>
  );
}

interface FoundProps {
  query: string;
  value: readonly string[];
  onToggle: (account: string) => void;
}

function Found({ query, value, onToggle }: FoundProps) {
  const t = useText();
  const found = useAssignableAccounts(query);
  if (found.isError) return <p className="err">{found.error.message}</p>;
  if (!found.data) return <div className="skel skel-w2" />;
  if (found.data.length === 0) return <p className="hint">{t.people.noAccountFound}</p>;
  return (
    <ul className="found-accounts">
      {found.data.map(({ cuenta, nombre }) => (
        <li key={cuenta}>
          <label className="check">
            <input type="checkbox" checked={value.includes(cuenta)} onChange={() => onToggle(cuenta)} />
            <span className="breakable">
              <span className="strong">{cuenta}</span>
              {nombre !== cuenta && <span className="muted small"> {nombre}</span>}
            </span>
          </label>
        </li>
      ))}
    </ul>
  );
}
