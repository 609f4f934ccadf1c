import { useState } from "react";
import type { Trial } from "../../../api/observations";
import { csvOf } from "../../../charts/csv";
import { Button } from "../../../components/Button";
import { Card } from "../../../components/Card";
import { saveFile } from "../../../charts/save";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { cellOf, linesOf, piecesOf, type BadLine } from "./errorLines";
import { neighboursOf, slipOf } from "./slips";

/** Rules that a number breaks by how it is written. */
const NUMBERS: ReadonlySet<string> = new Set(["not_a_count", "ambiguous_number", "invalid_character", "wrong_type"]);

const FIRST_LINES = 20;

/** Every line with errors: as it came, what is wrong, and what helps. */
export function ErrorsCard({ handle, trial }: { handle: string; trial: Trial }) {
  const t = useText();
  const format = useFormat();
  const [most, setMost] = useState(FIRST_LINES);
  const lines = linesOf(trial.errors);
  const isWhole = trial.errors.length === trial.errors_total;
  const title =
    isWhole && trial.skipped > 0
      ? t.data.errors.title(lines.length, format.number(lines.length))
      : t.data.errors.titleRules(trial.errors_total, format.number(trial.errors_total));
  const download = () => {
    const rows = trial.errors.map(({ line, column, code, message, text }) => [
      line,
      column,
      [message, t.data.errors.cures[code]].filter(Boolean).join(" "),
      text,
    ]);
    const table = new Blob([csvOf([t.data.errors.header, ...rows])], { type: "text/csv" });
    saveFile(table, t.data.errors.fileName(handle));
  };
  return (
    <Card
      title={title}
      note={!isWhole && t.data.errors.first(format.number(trial.errors.length), format.number(trial.errors_total))}
      actions={
        <Button small icon="download" onClick={download}>
          {t.data.errors.download}
        </Button>
      }
      flush
    >
      <div className="table-wrap pad-top" tabIndex={0} role="group" aria-label={title}>
        <table>
          <thead>
            <tr>
              <th scope="col" className="num">
                {t.data.errors.line}
              </th>
              <th scope="col">{t.data.errors.what}</th>
            </tr>
          </thead>
          <tbody>
            {lines.slice(0, most).map((line) => (
              <Line key={line.line ?? "table"} line={line} trial={trial} />
            ))}
          </tbody>
        </table>
      </div>
      {lines.length > most && (
        <div className="card-body">
          <Button small onClick={() => setMost(most + 100)}>
            {t.common.more}
          </Button>
        </div>
      )}
    </Card>
  );
}

function Line({ line: bad, trial: table }: { line: BadLine; trial: Trial }) {
  const { line, text, problems } = bad;
  const headers = table.columns;
  const { errors: t, trial } = useText().data;
  const slipWords = useSlipWords();
  const format = useFormat();
  // A column that the table lacks has no name in it.
  const fields: Record<string, string> = trial.fields;
  const nameOf = (column: string) => (headers.includes(column) ? column : (fields[column] ?? column));
  const columns = problems.flatMap(({ column }) => (column === null ? [] : [column]));
  return (
    <tr>
      <td className="num">{format.number(line)}</td>
      <td>
        {text !== null && (
          <code className="badline">
            {piecesOf(text, headers, columns).map((piece, at) =>
              piece.isBad ? <mark key={at}>{piece.text}</mark> : <span key={at}>{piece.text}</span>,
            )}
          </code>
        )}
        {problems.map(({ column, code, message }, at) => (
          <p key={at} className="small soft">
            {column !== null && <span className="strong">{t.column(nameOf(column))}</span>}
            {(NUMBERS.has(code) && text !== null && column !== null && slipWords(bad, column, table)) || message}{" "}
            {t.cures[code]}
          </p>
        ))}
      </td>
    </tr>
  );
}

/** What is wrong in a number where it can be seen, and what the days around it say; null where the API's words say more. */
function useSlipWords(): (line: BadLine, column: string, trial: Trial) => string | null {
  const t = useText().data.errors;
  const format = useFormat();
  return (line, column, trial) => {
    const cell = line.text === null ? null : cellOf(line.text, trial.columns, column);
    const slip = cell === null ? null : slipOf(cell);
    if (cell === null || slip === null) return null;
    const said =
      slip.kind === "letter" ? t.slips.letter(cell.trim(), slip.letter, slip.digit) : t.slips[slip.kind](cell.trim());
    const isFollowers = trial.mapping.some(({ header, field }) => header === column && field === "seguidores");
    const near = isFollowers ? neighboursOf(line, trial) : null;
    const days = [near?.before, near?.after].flatMap((one) =>
      one ? [t.nearDay(format.shortDay(one.day), format.number(one.value))] : [],
    );
    return [said, days.length > 0 && t.near(days.join("; "))].filter(Boolean).join(" ");
  };
}
