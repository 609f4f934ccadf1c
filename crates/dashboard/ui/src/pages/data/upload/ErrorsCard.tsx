import { useState } from "react";
import type { Trial } from "../../../api/observations";
import { csvOf } from "../../../charts/csv";
import { Button } from "../../../components/Button";
import { Card } from "../../../components/Card";
import { saveFile } from "../../../charts/save";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { ErrorLine } from "./ErrorLine";
import { linesOf } from "./errorLines";
import type { Source } from "./source";
import { useDaysAround } from "./useDaysAround";
import { useProblemWords } from "./useProblemWords";

const FIRST_LINES = 20;

interface Props {
  handle: string;
  trial: Trial;
  source: Source;
  onSource: (source: Source) => void;
}

/** Every line with errors: as it came, what is wrong, and what helps. */
export function ErrorsCard({ handle, trial, source, onSource }: Props) {
  const t = useText();
  const format = useFormat();
  const [most, setMost] = useState(FIRST_LINES);
  const lines = linesOf(trial.errors);
  const words = useProblemWords(trial, useDaysAround(handle, trial));
  const isWhole = trial.errors.length === trial.errors_total;
  const title =
    isWhole && trial.skipped > 0
      ? t.data.errors.title(lines.length, format.number(lines.length))
      : t.data.errors.titleRules(trial.errors_total, format.number(trial.errors_total));
  const download = () => {
    const rows = lines.flatMap((line) =>
      line.problems.map((problem) => [problem.line, problem.column, words(line, problem), problem.text]),
    );
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
              <ErrorLine
                key={line.line ?? "table"}
                line={line}
                trial={trial}
                source={source}
                words={words}
                onSource={onSource}
              />
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
