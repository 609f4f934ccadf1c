import { Link } from "wouter";
import type { ImportAnswer } from "../../../api/imports";
import type { Table } from "../../../api/tables";
import { Button } from "../../../components/Button";
import { Icon } from "../../../components/Icon";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { tablePath } from "../address";

/** What was imported, and the way to the records. */
export function Imported({ table, answer, onAnother }: { table: Table; answer: ImportAnswer; onAnother: () => void }) {
  const t = useText();
  const format = useFormat();
  const { created, changed, unchanged, skipped } = answer;
  const rows = created + changed;
  return (
    <section className="card card-body stack">
      <div className="row-tight">
        <Icon name="check" className="ok-ink" />
        <h2>{rows > 0 ? t.data.done.title(rows, format.number(rows)) : t.data.done.nothing}</h2>
      </div>
      <p className="soft">
        {t.data.done.counts(format.number(created), format.number(changed), format.number(unchanged))}{" "}
        {skipped > 0 && t.data.done.leftOut(skipped, format.number(skipped))}
      </p>
      <div className="row">
        <Link className="btn btn-primary" href={tablePath(table.id)}>
          {t.definition.toRecords}
        </Link>
        <Button onClick={onAnother}>{t.data.done.another}</Button>
      </div>
    </section>
  );
}
