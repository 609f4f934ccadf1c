import { useState } from "react";
import type { Trial } from "../../../api/observations";
import { csvOf } from "../../../charts/csv";
import { Button } from "../../../components/Button";
import { Card } from "../../../components/Card";
import { saveFile } from "../../../charts/save";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { linesOf, piecesOf, type BadLine } from "./errorLines";

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
              <Line key={line.line ?? "table"} line={line} headers={trial.columns} />
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

function Line({ line: { line, text, problems }, headers }: { line: BadLine; headers: readonly string[] }) {
  const { errors: t, trial } = useText().data;
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
            {message} {t.cures[code]}
          </p>
        ))}
      </td>
    </tr>
  );
}
