import type { ReactNode } from "react";
import { Crumb } from "../../components/Crumb";
import { useText } from "../../i18n/text";
import { Link } from "wouter";
import type { Table } from "../../api/tables";
import { Icon } from "../../components/Icon";
import { tablePath } from "./address";

interface Props {
  title: string;
  /** Where in the table the screen is; absent on the table's own. */
  below?: { table: Table; what: string };
  sub?: ReactNode;
  actions?: ReactNode;
}

/** The head of every screen of a table, with the way back. */
export function TableHead({ title, below, sub, actions }: Props) {
  const t = useText();
  return (
    <header className="page-head">
      <div className="grow">
        <Crumb label={t.tables.title} href="/tables" list={t.tables.title}>
          {below ? (
            <>
              <Link href={tablePath(below.table.id)}>
                <bdi>{below.table.display_name}</bdi>
              </Link>
              <Icon name="right" small />
              <span>{below.what}</span>
            </>
          ) : (
            <bdi>{title}</bdi>
          )}
        </Crumb>
        <h1>
          <bdi>{title}</bdi>
        </h1>
        {sub && <p className="sub">{sub}</p>}
      </div>
      {actions && <div className="row">{actions}</div>}
    </header>
  );
}
