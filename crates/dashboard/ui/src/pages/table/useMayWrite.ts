import type { Table } from "../../api/tables";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";

/** Whether the person may write records of the table: their role may, and the table lets them. */
export function useMayWrite(table: Table): boolean {
  const { rol } = useWho();
  return may(rol, "write-records") && table.your_access !== "read";
}
