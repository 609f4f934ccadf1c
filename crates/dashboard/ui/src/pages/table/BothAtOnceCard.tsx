import { useChangeTable, type Table } from "../../api/tables";
import { Card } from "../../components/Card";
import { useText } from "../../i18n/text";
import { Refused } from "./Refused";
import { Rule } from "./Rule";
import { SavedState } from "./SavedState";

/** Whether every change of a record has to say which state of it was seen. Stored when it is ticked. */
export function BothAtOnceCard({ table }: { table: Table }) {
  const t = useText().bothAtOnce;
  const change = useChangeTable(table.id);
  const asked = change.isPending ? change.variables.require_if_match : null;
  return (
    <Card title={t.title}>
      <div className="stack">
        <Rule
          label={t.label}
          why={t.why}
          isOn={asked ?? table.require_if_match}
          onChange={(require_if_match) => change.mutate({ require_if_match })}
        />
        <Refused error={change.error} withFields />
        <SavedState change={change} />
      </div>
    </Card>
  );
}
