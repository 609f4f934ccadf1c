import type { RowProblem, Trial } from "../../../api/observations";
import type { Day } from "../../../format/dates";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { cellOf, type BadLine } from "./errorLines";
import { dayOfLine, neighboursOf, slipOf } from "./slips";

/** Rules that a number breaks by how it is written. */
const NUMBERS: ReadonlySet<string> = new Set(["not_a_count", "ambiguous_number", "invalid_character", "wrong_type"]);

/** What is wrong in a line, and what helps; the same words in the page and in the file of errors. */
export function useProblemWords(
  trial: Trial,
  values: ReadonlyMap<Day, number>,
): (line: BadLine, problem: RowProblem) => string {
  const t = useText().data.errors;
  const format = useFormat();

  const slipWords = (text: string, column: string): string | null => {
    const cell = cellOf(text, trial.columns, column)?.trim();
    const slip = cell === undefined ? null : slipOf(cell);
    if (cell === undefined || slip === null) return null;
    return slip.kind === "letter" ? t.slips.letter(cell, slip.letter) : t.slips[slip.kind](cell);
  };
  /** The days beside it say what may be right, which the written cell does not. */
  const nearWords = (line: BadLine, column: string): string | null => {
    if (!trial.mapping.some(({ header, field }) => header === column && field === "seguidores")) return null;
    const day = dayOfLine(line, trial);
    const near = day === null ? null : neighboursOf(day, values);
    const days = [near?.before, near?.after].flatMap((one) =>
      one ? [t.nearDay(format.shortDay(one.day), format.number(one.value))] : [],
    );
    return days.length > 0 ? t.near(days.join("; ")) : null;
  };

  return (line, { code, column, message }) => {
    const isNumber = NUMBERS.has(code) && line.text !== null && column !== null;
    const said = isNumber && line.text !== null ? slipWords(line.text, column) : null;
    const near = isNumber ? nearWords(line, column) : null;
    return [said ?? message, near, t.cures[code]].filter(Boolean).join(" ");
  };
}
