import { Button } from "../../components/Button";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import type { AccountsList } from "./list";

/** Which rows are shown, and the way to the others; nothing where all of them are shown. */
export function Pages({ list, count, all }: { list: AccountsList; count: number; all: number }) {
  const t = useText();
  const format = useFormat();
  if (!list.previous && !list.next) return null;
  const from = format.number(list.first + 1);
  const to = format.number(list.first + count);
  return (
    <nav className="pages row between" aria-label={t.accounts.pages}>
      <span className="small muted n" role="status">
        {t.accounts.rows(from, to, format.number(all))}
      </span>
      <span className="row-tight">
        <Button small icon="left" disabled={!list.previous} onClick={() => list.previous?.()}>
          {t.accounts.previous}
        </Button>
        <Button small disabled={!list.next} onClick={() => list.next?.()}>
          {t.accounts.next}
        </Button>
      </span>
    </nav>
  );
}
