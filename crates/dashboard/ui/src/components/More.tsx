import { useText } from "../i18n/text";
import { Button } from "./Button";

interface Paged {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** The next page of a list, at its foot; nothing where there is none. */
export function More({ query }: { query: Paged }) {
  const t = useText();
  if (!query.hasNextPage) return null;
  return (
    <div className="list-more">
      <Button icon="down" busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
        {t.common.more}
      </Button>
    </div>
  );
}
