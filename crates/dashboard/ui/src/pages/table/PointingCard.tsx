import { Link } from "wouter";
import { usePointing } from "../../api/pointing";
import { useTables, type Table } from "../../api/tables";
import { Card } from "../../components/Card";
import { Icon } from "../../components/Icon";
import { Failure, Skeleton } from "../../components/States";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { recordPath } from "./address";
import { pointingPath, pointingTo, type PointingField } from "./pointing";
import { NO_RELATIONS } from "./useRelations";
import { recordName, useShown } from "./useShown";

/** The records of this and other tables that point to a record; nothing where no field can. */
export function PointingCard({ table, record }: { table: Table; record: string }) {
  const t = useText();
  const fields = pointingTo(table.id, useTables().data ?? []);
  if (fields.length === 0) return null;
  return (
    <Card title={t.pointing.title} note={t.pointing.note}>
      <div className="pointing">
        {fields.map((one) => (
          <Pointing key={one.field.id} from={one} record={record} />
        ))}
      </div>
    </Card>
  );
}

function Pointing({ from, record }: { from: PointingField; record: string }) {
  const t = useText();
  const format = useFormat();
  const show = useShown(NO_RELATIONS);
  const { source, field } = from;
  const query = usePointing(source.id, field.id, record);
  const { items = [], total = 0, total_exact: isExact = true } = query.data ?? {};
  // By what it points, every one of them is called alike.
  const named = source.fields.filter(({ field_type }) => field_type !== "RELATION");
  return (
    <section className="pointing-field" aria-busy={query.isPending || undefined}>
      <h3 className="small">
        <bdi className="strong">{source.display_name}</bdi>{" "}
        <span className="muted">
          · <bdi>{field.display_name}</bdi>
        </span>
      </h3>
      {query.isError ? (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton className="skel-pointing" />
      ) : total === 0 ? (
        <p className="small muted">{t.pointing.none}</p>
      ) : (
        <>
          <ul>
            {items.map(({ id, data }) => (
              <li key={id}>
                <Link className="breakable" href={recordPath(source.id, id)}>
                  <bdi>{recordName(named, data, show) ?? t.values.unnamed}</bdi>
                </Link>
              </li>
            ))}
          </ul>
          <p className="small">
            <Link className="pointing-all" href={pointingPath(from, record)}>
              {t.records.count(format.number(total), total === 1, isExact)}
              <span className="sr">: {t.pointing.seeIn(source.display_name)}</span>
              <Icon name="right" small />
            </Link>
          </p>
        </>
      )}
    </section>
  );
}
