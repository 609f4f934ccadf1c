import type { ImportProblem } from "../../../api/imports";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";

/** What helps, where the API's words say only what is wrong; other cures are those of observations. */
const CURABLE: ReadonlySet<string> = new Set([
  "damaged_workbook",
  "encrypted_workbook",
  "not_utf8",
  "old_workbook",
  "other_workbook",
  "unusable_cell",
  "workbook_too_large",
  "wrong_field_count",
]);

/** One broken rule, in a line of its own: all rows are of one height. */
export function ErrorRow({ row, problem }: { row: number; problem: ImportProblem }) {
  const t = useText().data.errors;
  const format = useFormat();
  const { line, column, value, error, message } = problem;
  return (
    <tr data-row={row} aria-rowindex={row + 2}>
      <td className="num">{format.number(line)}</td>
      {/* What is wrong with the whole file stands in no column. */}
      <td>{line !== null && <bdi>{column}</bdi>}</td>
      <td title={value ?? undefined}>{value && <bdi className="import-cell">{value}</bdi>}</td>
      <td>{[message, CURABLE.has(error) && t.cures[error]].filter(Boolean).join(" ")}</td>
    </tr>
  );
}
