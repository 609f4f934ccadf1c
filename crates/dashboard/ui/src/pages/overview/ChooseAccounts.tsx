import { useState } from "react";
import { useOverview } from "../../api/overview";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { Loaded } from "../../components/States";
import { useText } from "../../i18n/text";
import { MOST } from "./GrowthChart";

interface Props {
  chosen: readonly string[];
  onChoose: (handles: readonly string[]) => void;
  onClose: () => void;
}

const FOUND = 20;

/** Chooses the accounts that are compared: those that are chosen stay on top, the others are found by name. */
export function ChooseAccounts({ chosen, onChoose, onClose }: Props) {
  const t = useText();
  const [picked, setPicked] = useState(chosen);
  const [search, setSearch] = useState("");
  const query = search.trim();
  const found = useOverview({ sort: "name", order: "asc", limit: FOUND, ...(query && { q: query }) });
  const toggle = (handle: string) =>
    setPicked(picked.includes(handle) ? picked.filter((one) => one !== handle) : [...picked, handle]);
  const apply = (handles: readonly string[]) => {
    onChoose(handles);
    onClose();
  };
  return (
    <Dialog
      title={t.overview.choose}
      icon="account"
      onClose={onClose}
      foot={
        <>
          <Button onClick={() => apply([])}>{t.overview.largest}</Button>
          <Button look="primary" disabled={picked.length === 0} onClick={() => apply(picked)}>
            {t.overview.apply}
          </Button>
        </>
      }
    >
      <p className="soft small">{t.overview.chooseNote(MOST)}</p>
      <Field
        label={t.overview.chooseSearch}
        type="search"
        value={search}
        onChange={setSearch}
        autoComplete="off"
        spellCheck={false}
      />
      <p className="xs muted" role="status">
        {t.overview.chosen(picked.length, MOST)}
      </p>
      <Loaded query={found}>
        {({ accounts }) => {
          const others = accounts.map((row) => row.cuenta).filter((handle) => !chosen.includes(handle));
          return (
            <ul className="account-choices">
              {[...chosen, ...others].map((handle) => (
                <li key={handle}>
                  <label className="check">
                    <input
                      type="checkbox"
                      checked={picked.includes(handle)}
                      disabled={!picked.includes(handle) && picked.length >= MOST}
                      onChange={() => toggle(handle)}
                    />
                    <span>{handle}</span>
                  </label>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Dialog>
  );
}
