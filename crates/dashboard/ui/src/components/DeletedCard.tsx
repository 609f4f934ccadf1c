import type { UseMutationResult } from "@tanstack/react-query";
import { KEPT_DAYS } from "../api/limits";
import { Problem } from "../api/problem";
import { addDays, dayIn } from "../format/dates";
import { useFormat } from "../format/useFormat";
import { useText } from "../i18n/text";
import { Note } from "./Badge";
import { Button } from "./Button";
import { Card } from "./Card";
import { Icon } from "./Icon";
import { Failure } from "./States";

interface DeletedItem<Id> {
  id: Id;
  name: string;
  about: string;
  /** When it was deleted. */
  at: string;
}

interface Props<Id, Item extends DeletedItem<Id>> {
  title: string;
  items: readonly Item[] | undefined;
  /** Why they could not be read. */
  error: unknown;
  onRetry: () => void;
  restore: UseMutationResult<unknown, Error, Id>;
  onRestored: (item: Item) => void;
}

/** What was deleted and can be brought back, and until when. Where there is nothing of it, nothing is shown. */
export function DeletedCard<Id extends string | number, Item extends DeletedItem<Id>>(props: Props<Id, Item>) {
  const { title, items, error, onRetry, restore, onRestored } = props;
  const t = useText();
  if (!items) {
    if (!error) return null;
    return (
      <Card title={title} flush>
        <Failure error={error} onRetry={onRetry} />
      </Card>
    );
  }
  if (items.length === 0) return null;
  return (
    <Card title={title} note={t.deleted.note(KEPT_DAYS)} flush>
      {restore.error && (
        <div className="card-body">
          <Note tone="bad" icon="alert" role="alert">
            {restore.error instanceof Problem ? restore.error.message : t.shell.lost}
          </Note>
        </div>
      )}
      <ul className="list deleted-list">
        {items.map((item) => (
          <li key={item.id} className="list-line">
            <Icon name="trash" />
            <div className="grow">
              <p className="strong breakable">
                <bdi>{item.name}</bdi>
              </p>
              {item.about && <p className="small muted breakable">{item.about}</p>}
              <When at={item.at} />
            </div>
            <Button
              small
              icon="history"
              busy={restore.isPending && restore.variables === item.id}
              aria-label={t.deleted.restoreOf(item.name)}
              onClick={() => restore.mutate(item.id, { onSuccess: () => onRestored(item) })}
            >
              {t.deleted.restore}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function When({ at }: { at: string }) {
  const t = useText();
  const format = useFormat();
  const purged = addDays(dayIn(new Date(at), format.zone), KEPT_DAYS);
  return (
    <p className="small muted">
      <time dateTime={at} title={format.moment(at)}>
        {t.deleted.since(format.ago(at))}
      </time>
      {" · "}
      <time dateTime={purged}>{t.deleted.until(format.day(purged))}</time>
    </p>
  );
}
