import { useState } from "react";
import { useChangeUniqueSets, type Table } from "../../api/tables";
import { Button, IconButton } from "../../components/Button";
import { Card } from "../../components/Card";
import { useToast } from "../../components/Toast";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { NewUniqueSet } from "./NewUniqueSet";
import { Refused } from "./Refused";
import { FEWEST_FIELDS, fieldsOf, MOST_SETS, withoutSet, type UniqueSet } from "./uniqueSets";

/** The fields whose values together no two records have. */
export function UniqueSetsCard({ table }: { table: Table }) {
  const t = useText().uniqueSets;
  const format = useFormat();
  const toast = useToast();
  const change = useChangeUniqueSets(table.id);
  const [isNew, setNew] = useState(false);
  const sets = table.unique_together;
  const remove = (set: UniqueSet, name: string) =>
    change.mutate((now) => withoutSet(now, set), { onSuccess: () => toast("ok", t.removed(name)) });
  return (
    <Card title={t.title} note={t.note}>
      <div className="stack">
        <Refused error={change.error} withFields />
        {sets.length === 0 ? (
          <p className="small muted">{table.fields.length < FEWEST_FIELDS ? t.needTwo : t.none}</p>
        ) : (
          <ul className="unique-sets">
            {sets.map((set) => {
              const name = fieldsOf(table, set).join(" + ");
              return (
                <li key={set.join("/")}>
                  <span className="grow breakable">
                    <bdi>{name}</bdi>
                  </span>
                  <IconButton
                    small
                    icon="trash"
                    label={t.remove(name)}
                    busy={change.isPending}
                    onClick={() => remove(set, name)}
                  />
                </li>
              );
            })}
          </ul>
        )}
        {sets.length >= MOST_SETS ? (
          <p className="hint">{t.full(format.number(MOST_SETS))}</p>
        ) : (
          table.fields.length >= FEWEST_FIELDS && (
            <div>
              <Button icon="plus" onClick={() => setNew(true)}>
                {t.add}
              </Button>
            </div>
          )
        )}
      </div>
      {isNew && <NewUniqueSet table={table} onClose={() => setNew(false)} />}
    </Card>
  );
}
