import "../../styles/screen-tables.css";
import { useState } from "react";
import { Link } from "wouter";
import { useTables, type Table } from "../../api/tables";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Icon } from "../../components/Icon";
import { SearchField } from "../../components/SearchField";
import { Empty, Loaded, Skeleton } from "../../components/States";
import { usePageTitle } from "../../components/usePageTitle";
import { useUrlState } from "../../components/useUrlState";
import { plainText } from "../../format/plainText";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { NewTable } from "./NewTable";
import { TablesTable } from "./TablesTable";

/** The tables that the company defined for itself. */
export default function Tables() {
  const t = useText();
  const mayDefine = may(useWho().rol, "define-tables");
  const tables = useTables();
  const [isNew, setNew] = useState(false);
  usePageTitle(t.tables.title);
  return (
    <>
      <header className="page-head">
        <div className="grow">
          <h1>{t.tables.title}</h1>
          <p className="sub">{t.tables.lead}</p>
        </div>
        {mayDefine && (
          <div className="row">
            <Link className="btn" href="/tables/trash">
              <Icon name="trash" />
              {t.tables.trash}
            </Link>
            <Button look="primary" icon="plus" onClick={() => setNew(true)}>
              {t.tables.add}
            </Button>
          </div>
        )}
      </header>
      <Loaded query={tables} skeleton={<Skeleton className="skel-tables" />}>
        {(all) =>
          all.length > 0 ? (
            <TablesCard tables={all} />
          ) : (
            <section className="card" aria-label={t.tables.title}>
              <Empty title={t.tables.none}>
                <p>{mayDefine ? t.tables.noneNext : t.tables.noneAsk}</p>
                {mayDefine && (
                  <Button look="primary" icon="plus" onClick={() => setNew(true)}>
                    {t.tables.add}
                  </Button>
                )}
              </Empty>
            </section>
          )
        }
      </Loaded>
      {isNew && <NewTable onClose={() => setNew(false)} />}
    </>
  );
}

/** With so few tables there is nothing to search. */
const FEW = 8;

function TablesCard({ tables }: { tables: readonly Table[] }) {
  const t = useText();
  const format = useFormat();
  const [query, setQuery] = useUrlState<string>("q", "");
  const wanted = plainText(query.trim());
  const found = tables.filter(({ display_name, description }) =>
    [display_name, description ?? ""].some((text) => plainText(text).includes(wanted)),
  );
  return (
    <Card
      title={t.tables.count(format.number(tables.length), tables.length === 1)}
      flush
      actions={
        (tables.length > FEW || query !== "") && <SearchField label={t.tables.find} value={query} onChange={setQuery} />
      }
    >
      {found.length > 0 ? (
        <TablesTable tables={found} />
      ) : (
        <Empty title={t.tables.nothingFound}>
          <Button small onClick={() => setQuery("")}>
            {t.tables.showAll}
          </Button>
        </Empty>
      )}
    </Card>
  );
}
