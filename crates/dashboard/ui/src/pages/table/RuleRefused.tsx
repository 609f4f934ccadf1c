import { Problem } from "../../api/problem";
import type { Table } from "../../api/tables";
import { BrokenRecords } from "./BrokenRecords";
import { Refused } from "./Refused";

/** Why a rule was not made stricter: the records that do not keep it, or another reason. */
export function RuleRefused(props: { table: Table; error: unknown; withFields?: boolean }) {
  const { table, error, withFields = true } = props;
  return error instanceof Problem && error.code === "RECORDS_BREAK_RULE" ? (
    <BrokenRecords table={table} problem={error} />
  ) : (
    <Refused error={error} withFields={withFields} />
  );
}
