import type { Trial } from "../../../api/observations";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { piecesOf, type BadLine } from "./errorLines";
import { isMendable, type BadCell } from "./mend";
import { MendField } from "./MendField";
import type { Source } from "./source";
import type { useProblemWords } from "./useProblemWords";

interface Props {
  line: BadLine;
  trial: Trial;
  source: Source;
  words: ReturnType<typeof useProblemWords>;
  onSource: (source: Source) => void;
}

/** A line as it came, what is wrong in it, and a place to write what is right. */
export function ErrorLine({ line: bad, trial, source, words, onSource }: Props) {
  const { line, text, problems } = bad;
  const headers = trial.columns;
  const { errors: t, trial: about } = useText().data;
  const format = useFormat();
  // A column that the table lacks has no name in it.
  const fields: Record<string, string> = about.fields;
  const nameOf = (column: string) => (headers.includes(column) ? column : (fields[column] ?? column));
  const columns = [...new Set(problems.flatMap(({ column }) => (column === null ? [] : [column])))];
  const cells =
    line === null || text === null ? [] : columns.map((column): BadCell => ({ line, text, headers, column }));
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
        {problems.map((problem, at) => (
          <p key={at} className="small soft">
            {problem.column !== null && <span className="strong">{t.column(nameOf(problem.column))}</span>}
            {words(bad, problem)}
          </p>
        ))}
        {cells
          .filter((cell) => isMendable(source, cell))
          .map((cell) => (
            <MendField key={cell.column} cell={cell} name={nameOf(cell.column)} source={source} onSource={onSource} />
          ))}
      </td>
    </tr>
  );
}
