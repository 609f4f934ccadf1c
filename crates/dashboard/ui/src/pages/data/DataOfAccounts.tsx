import "../../styles/screen-data.css";
import { Link } from "wouter";
import { useAccountsByAge } from "../../api/observations";
import { Button } from "../../components/Button";
import { SearchField } from "../../components/SearchField";
import { Empty, Loaded, Skeleton } from "../../components/States";
import { useDebounced } from "../../components/useDebounced";
import { usePageTitle } from "../../components/usePageTitle";
import { useUrlState } from "../../components/useUrlState";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { AccountTable } from "./AccountTable";

/** Which account data are for: those that wait longest for some stand first. */
export default function DataOfAccounts() {
  const t = useText();
  const [search, setSearch] = useUrlState<string>("q", "");
  const asked = useDebounced(search.trim());
  const accounts = useAccountsByAge(asked);
  usePageTitle(t.data.title);
  return (
    <>
      <header className="page-head">
        <div className="grow">
          <h1>{t.data.title}</h1>
          <p className="sub">{t.data.accounts.intro}</p>
        </div>
        <SearchField label={t.data.accounts.search} value={search} onChange={setSearch} />
      </header>
      <section className="card" aria-label={t.nav.accounts} aria-busy={accounts.isPlaceholderData}>
        <Loaded query={accounts} skeleton={<Skeleton className="skel-page" />}>
          {({ pages }) => {
            const rows = pages.flatMap((page) => page.accounts);
            return rows.length === 0 ? <Nothing isSearch={asked !== ""} /> : <AccountTable rows={rows} />;
          }}
        </Loaded>
        {accounts.hasNextPage && (
          <div className="card-body">
            <Button busy={accounts.isFetchingNextPage} onClick={() => void accounts.fetchNextPage()}>
              {t.common.more}
            </Button>
          </div>
        )}
      </section>
    </>
  );
}

function Nothing({ isSearch }: { isSearch: boolean }) {
  const t = useText().data.accounts;
  const canCreate = may(useWho().rol, "manage");
  if (isSearch) {
    return (
      <Empty title={t.noneFound}>
        <p>{t.noneFoundNext}</p>
      </Empty>
    );
  }
  return (
    <Empty title={t.none}>
      <p>{canCreate ? t.noneAdmin : t.noneUser}</p>
      {canCreate && (
        <Link className="btn btn-primary" href="/accounts">
          {t.toAccounts}
        </Link>
      )}
    </Empty>
  );
}
