import { useState } from "react";
import { Button } from "../../components/Button";
import { Empty } from "../../components/States";
import { usePageTitle } from "../../components/usePageTitle";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { AccountsTable } from "./AccountsTable";
import { DeletedAccounts } from "./DeletedAccounts";
import { EditAccount } from "./EditAccount";
import { Filters } from "./Filters";
import { useAccountsList } from "./list";
import { NewAccount } from "./NewAccount";

const ROWS = 50;

export default function Accounts() {
  const t = useText();
  const who = useWho();
  const mayManage = may(who.rol, "manage");
  const list = useAccountsList(ROWS);
  const [isAdding, setAdding] = useState(false);
  const [edited, setEdited] = useState<string | null>(null);
  usePageTitle(t.accounts.title);
  const totals = list.query.data?.totals;
  return (
    <>
      <header className="page-head">
        <div className="grow">
          <h1>{t.accounts.title}</h1>
          <p className="sub">{totals ? t.accounts.sub(totals.accounts) : "\u00a0"}</p>
        </div>
        {mayManage && (
          <Button look="primary" icon="plus" onClick={() => setAdding(true)}>
            {t.accounts.add}
          </Button>
        )}
      </header>
      <section className="card" aria-label={t.accounts.title}>
        {totals?.accounts === 0 ? (
          <Empty title={t.accounts.none}>
            <p>{mayManage ? t.accounts.noneNext : t.accounts.noneAsk}</p>
          </Empty>
        ) : (
          <>
            <div className="card-head">
              <Filters list={list} />
            </div>
            <AccountsTable list={list} {...(mayManage && { onEdit: setEdited })} />
          </>
        )}
      </section>
      {mayManage && <DeletedAccounts />}
      {isAdding && <NewAccount onClose={() => setAdding(false)} />}
      {edited !== null && <EditAccount handle={edited} onClose={() => setEdited(null)} />}
    </>
  );
}
