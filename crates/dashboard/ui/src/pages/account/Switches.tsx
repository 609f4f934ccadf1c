import { useText } from "../../i18n/text";
import type { AccountView, ChangeView } from "./view";

/** Two other ways to look at the same days, in the chart and in the table. */
export function Switches({ settings, onChange }: { settings: AccountView; onChange: ChangeView }) {
  const t = useText();
  return (
    <div className="row-tight switches">
      <label className="check small">
        <input
          type="checkbox"
          checked={settings.isCompared}
          onChange={(event) => onChange({ isCompared: event.target.checked })}
        />
        {t.account.compare}
      </label>
      <label className="check small">
        <input
          type="checkbox"
          checked={settings.isIndexed}
          onChange={(event) => onChange({ isIndexed: event.target.checked })}
        />
        {t.account.indexed}
      </label>
    </div>
  );
}
