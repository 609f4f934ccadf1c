import type { ReactNode } from "react";
import { useParams } from "wouter";
import { Problem } from "../../api/problem";
import { useTable, type Table } from "../../api/tables";
import { Loaded, Skeleton } from "../../components/States";
import { NotFound } from "../../shell/NotFound";
import { isId } from "./address";

/** A screen of the table that the address names, once it is known. */
export function OfTable({ children }: { children: (table: Table) => ReactNode }) {
  const { id } = useParams<{ id: string }>();
  return isId(id) ? <Read key={id} id={id} content={children} /> : <NotFound />;
}

function Read({ id, content }: { id: string; content: (table: Table) => ReactNode }) {
  const table = useTable(id);
  if (table.error instanceof Problem && table.error.status === 404) return <NotFound />;
  return (
    <Loaded query={table} skeleton={<Skeleton className="skel-page" />}>
      {content}
    </Loaded>
  );
}
