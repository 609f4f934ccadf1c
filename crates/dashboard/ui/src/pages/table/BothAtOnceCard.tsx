import { useChangeTable, type Table } from "../../api/tables";
import { Card } from "../../components/Card";
import { useText } from "../../i18n/text";
import { Refused } from "./Refused";
import { Rule } from "./Rule";
import { SavedState } from "./SavedState";
import { useStoredAtOnce } from "./useStoredAtOnce";

/** Whether every change of a record has to say which state of it was seen. Stored when it is ticked. */
export function BothAtOnceCard({ table }: { table: Table }) {
  const t = useText().bothAtOnce;
  const change = useChangeTable(table.id);
  const { asked, store } = useStoredAtOnce<Pick<Table, "require_if_match">>(change.mutate);
  return (
    <Card title={t.title} actions={<SavedState change={change} />}>
      <div className="stack">
        <Refused error={change.error} withFields />
        <Rule
          label={t.label}
          why={t.why}
          isOn={asked.require_if_match ?? table.require_if_match}
          onChange={(require_if_match) => store({ require_if_match })}
        />
      </div>
    </Card>
  );
}
