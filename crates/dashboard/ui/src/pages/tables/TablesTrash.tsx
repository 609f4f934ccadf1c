import { useRestoreTable, useTablesTrash } from "../../api/tables";
import { Crumb } from "../../components/Crumb";
import { Empty, Loaded } from "../../components/States";
import { usePageTitle } from "../../components/usePageTitle";
import { useText } from "../../i18n/text";
import { TrashList } from "../table/TrashList";

/** The tables that were deleted and can be brought back. */
export default function TablesTrash() {
  const t = useText();
  const trash = useTablesTrash();
  const restore = useRestoreTable();
  usePageTitle(t.tablesTrash.title);
  return (
    <>
      <header className="page-head">
        <div className="grow">
          <Crumb label={t.tables.title} href="/tables" list={t.tables.title}>
            <span>{t.tables.trash}</span>
          </Crumb>
          <h1>{t.tablesTrash.title}</h1>
          <p className="sub">{t.tablesTrash.lead}</p>
        </div>
      </header>
      <section className="card" aria-label={t.tablesTrash.title}>
        <Loaded query={trash}>
          {(tables) =>
            tables.length === 0 ? (
              <Empty title={t.tablesTrash.none}>
                <p>{t.tablesTrash.noneNext}</p>
              </Empty>
            ) : (
              <TrashList
                isAlone
                items={tables.map((table) => ({
                  id: table.id,
                  name: table.display_name,
                  about: table.description,
                  deletedAt: table.deleted_at,
                }))}
                restore={restore}
              />
            )
          }
        </Loaded>
      </section>
    </>
  );
}
