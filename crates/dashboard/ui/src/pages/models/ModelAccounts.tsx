import { Link } from "wouter";
import { useModelAccounts } from "../../api/models";
import { Card } from "../../components/Card";
import { More } from "../../components/More";
import { Icon } from "../../components/Icon";
import { Empty, Failure, Skeleton } from "../../components/States";
import { useUrlState } from "../../components/useUrlState";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { ModelAccountRow } from "./ModelAccountRow";
import { useSettled } from "./useSettled";

export function ModelAccounts() {
  const t = useText();
  const mayTrain = may(useWho().rol, "manage");
  const [typed, setTyped] = useUrlState<string>("q", "");
  const accounts = useModelAccounts(useSettled(typed.trim()));
  const rows = accounts.data?.pages.flatMap((page) => page.accounts);
  return (
    <Card
      title={t.models.accounts}
      actions={
        <label className="find">
          <Icon name="search" small />
          <span className="sr">{t.models.search}</span>
          <input
            type="search"
            placeholder={t.models.search}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
      }
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
