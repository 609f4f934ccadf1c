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

/** One broken rule. */
export function ErrorRow({ problem }: { problem: ImportProblem }) {
  const t = useText().data.errors;
  const format = useFormat();
  const { line, column, value, error, message } = problem;
  return (
    <tr>
      <td className="num">{format.number(line)}</td>
      <td className="anywhere">
        {/* What is wrong with the whole file stands in no column. */}
        {line !== null && <bdi>{column}</bdi>}
        {/* Where the window is too narrow for a column of its own. */}
        {value && <code className="import-value-below anywhere">{value}</code>}
      </td>
      <td className="import-value">{value && <code className="anywhere">{value}</code>}</td>
      <td>{[message, CURABLE.has(error) && t.cures[error]].filter(Boolean).join(" ")}</td>
    </tr>
  );
}
