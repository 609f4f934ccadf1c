import { Link } from "wouter";
import { useModelAccounts } from "../../api/models";
import { Card } from "../../components/Card";
import { More } from "../../components/More";
import { SearchField } from "../../components/SearchField";
import { Empty, Failure, Skeleton } from "../../components/States";
import { useDebounced } from "../../components/useDebounced";
import { useUrlState } from "../../components/useUrlState";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { ModelAccountRow } from "./ModelAccountRow";

export function ModelAccounts() {
  const t = useText();
  const mayTrain = may(useWho().rol, "manage");
  const [typed, setTyped] = useUrlState<string>("q", "");
  const accounts = useModelAccounts(useDebounced(typed.trim()));
  const rows = accounts.data?.pages.flatMap((page) => page.accounts);
  return (
    <Card
      title={t.models.accounts}
      actions={<SearchField label={t.models.search} value={typed} onChange={setTyped} />}
      flush
    >
      {rows ? (
        rows.length === 0 ? (
          <NoAccounts isSearch={typed !== ""} />
        ) : (
          <div className="table-wrap">
            <table className="model-cards accounts-models">
              <thead>
                <tr>
                  <th scope="col">{t.models.account}</th>
                  <th scope="col">{t.models.state}</th>
                  <th scope="col">{t.models.trained}</th>
                  <th scope="col">{t.models.data}</th>
                  {mayTrain && (
                    <th scope="col">
                      <span className="sr">{t.model.actions}</span>
                    </th>
                  )}
                </tr>
              </thead>
              <tbody>
                {rows.map((account) => (
                  <ModelAccountRow key={account.cuenta} account={account} mayTrain={mayTrain} />
                ))}
              </tbody>
            </table>
          </div>
        )
      ) : accounts.isError ? (
        <Failure error={accounts.error} onRetry={() => void accounts.refetch()} />
      ) : (
        <div className="card-body">
          <Skeleton className="skel-model" />
        </div>
      )}
      <More query={accounts} />
    </Card>
  );
}

function NoAccounts({ isSearch }: { isSearch: boolean }) {
  const t = useText();
  const mayCreate = may(useWho().rol, "manage");
  if (isSearch) return <Empty title={t.models.noneFound} />;
  return (
    <Empty title={t.models.noAccounts}>
      {mayCreate ? (
        <p>
          <Link href="/accounts">{t.models.noAccountsNext}</Link>
        </p>
      ) : (
        <p>{t.models.noAccountsOther}</p>
      )}
    </Empty>
  );
}
