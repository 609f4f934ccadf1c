import { useState } from "react";
import { saveFile, fileNamePart } from "../../../charts/save";
import { useImportErrors, type ImportAnswer } from "../../../api/imports";
import { Problem } from "../../../api/problem";
import type { Table } from "../../../api/tables";
import { Button } from "../../../components/Button";
import { Card } from "../../../components/Card";
import { useToast } from "../../../components/Toast";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import type { Chosen } from "./chosen";
import { ErrorRow } from "./ErrorRow";

interface Props {
  table: Table;
  chosen: Chosen;
  answer: ImportAnswer;
}

const FIRST = 20;

/** What is wrong in the file: where, what stands there and why it cannot be stored. */
export function ErrorsCard({ table, chosen, answer: { errors, errors_total } }: Props) {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const download = useImportErrors(table.id);
  const [most, setMost] = useState(FIRST);
  const title = t.data.errors.titleRules(errors_total, format.number(errors_total));
  const isWhole = errors.length === errors_total;
  const save = () =>
    download.mutate(
      { id: chosen.id, body: chosen.source.body, options: chosen.options },
      {
        onSuccess: (file) => saveFile(file, t.data.errors.fileName(fileNamePart(table.display_name))),
        onError: (error) => toast("bad", t.imports.cutOff, error instanceof Problem ? error.message : t.shell.lost),
      },
    );
  return (
    <Card
      title={title}
      note={!isWhole && t.imports.firstErrors(format.number(errors.length), format.number(errors_total))}
      actions={
        <Button small icon="download" busy={download.isPending} onClick={save}>
          {t.common.download}
        </Button>
      }
      flush
    >
      <div className="table-wrap pad-top import-errors" tabIndex={0} role="group" aria-label={title}>
        <table>
          <thead>
            <tr>
              <th scope="col" className="num">
                {t.data.errors.line}
              </th>
              <th scope="col">{t.imports.column}</th>
              <th scope="col" className="import-value">
                {t.imports.value}
              </th>
              <th scope="col">{t.imports.problem}</th>
            </tr>
          </thead>
          <tbody>
            {errors.slice(0, most).map((problem, at) => (
              <ErrorRow key={at} problem={problem} />
            ))}
          </tbody>
        </table>
      </div>
      {errors.length > most && (
        <div className="card-body">
          <Button small onClick={() => setMost(most + 100)}>
            {t.common.more}
          </Button>
        </div>
      )}
    </Card>
  );
}
