import { useId } from "react";
import { useChangeAccess, type Access, type Table } from "../../api/tables";
import { Card } from "../../components/Card";
import { useText } from "../../i18n/text";
import { Refused } from "./Refused";
import { SavedState } from "./SavedState";
import { useStoredAtOnce } from "./useStoredAtOnce";

const USER_LEVELS: readonly Access["user"][] = ["write", "read", "own", "none"];
const VIEWER_LEVELS: readonly Access["viewer"][] = ["read", "none"];

/** What users and viewers may do with the records. A choice is stored when it is made. */
export function AccessCard({ table }: { table: Table }) {
  const t = useText().tableAccess;
  const change = useChangeAccess(table.id);
  const { asked, store } = useStoredAtOnce<Access>(change.mutate);
  const shown = { ...table.access, ...asked };
  return (
    <Card title={t.title} note={t.note} actions={<SavedState change={change} />}>
      <div className="stack">
        <Refused error={change.error} withFields />
        <div className="access-roles">
          <Levels
            legend={t.users}
            levels={USER_LEVELS}
            words={t.userLevels}
            value={shown.user}
            onChange={(user) => store({ user })}
          />
          <Levels
            legend={t.viewers}
            levels={VIEWER_LEVELS}
            words={t.viewerLevels}
            value={shown.viewer}
            onChange={(viewer) => store({ viewer })}
          />
        </div>
        <p className="hint">{t.forecasts}</p>
      </div>
    </Card>
  );
}

interface LevelsProps<Level extends string> {
  legend: string;
  /** What there is to choose from, the most first. */
  levels: readonly Level[];
  words: Readonly<Record<Level, { name: string; means: string }>>;
  value: Level;
  onChange: (level: Level) => void;
}

function Levels<Level extends string>({ legend, levels, words, value, onChange }: LevelsProps<Level>) {
  const name = useId();
  return (
    <fieldset className="access-levels">
      <legend className="label">{legend}</legend>
      {levels.map((level) => (
        <label key={level} className="check">
          <input type="radio" name={name} value={level} checked={value === level} onChange={() => onChange(level)} />
          <span>
            <span className="strong">{words[level].name}</span>
            <span className="hint">{words[level].means}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
