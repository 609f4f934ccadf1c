import "../../styles/screen-table.css";
import type { UseMutationResult } from "@tanstack/react-query";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { useToast } from "../../components/Toast";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { Refused } from "./Refused";

interface Trashed {
  id: string;
  name: string;
  about?: string | null;
  deletedAt: string;
}

interface Props {
  items: readonly Trashed[];
  /** Nothing stands above it on its card. */
  isAlone?: boolean;
  /** Absent for whoever may only look. */
  restore?: UseMutationResult<unknown, Error, string>;
}

/** What lies in a trash, since when, and the way back. */
export function TrashList({ items, isAlone = false, restore }: Props) {
  const t = useText();
  const toast = useToast();
  const bringBack = ({ id, name }: Trashed) =>
    restore?.mutate(id, { onSuccess: () => toast("ok", t.tablesTrash.restored(name)) });
  return (
    <>
      {restore?.error && (
        <div className="card-body">
          <Refused error={restore.error} withFields />
        </div>
      )}
      <ul className={isAlone ? "list trash-list" : "list"}>
        {items.map((item) => (
          <li key={item.id} className="list-line">
            <Icon name="trash" />
            <div className="grow">
              <p className="strong breakable">
                <bdi>{item.name}</bdi>
              </p>
              {item.about && <p className="small muted breakable">{item.about}</p>}
              <When at={item.deletedAt} />
            </div>
            {restore && (
              <Button
                small
                icon="history"
                busy={restore.isPending && restore.variables === item.id}
                aria-label={t.tablesTrash.restoreOf(item.name)}
                onClick={() => bringBack(item)}
              >
                {t.tablesTrash.restore}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function When({ at }: { at: string }) {
  const t = useText();
  const format = useFormat();
  return (
    <p className="small muted">
      <time dateTime={at} title={format.moment(at)}>
        {t.tablesTrash.since(format.ago(at))}
      </time>
    </p>
  );
}
