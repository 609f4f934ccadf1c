import { useRef } from "react";
import { saveFile, fileNamePart } from "../../../charts/save";
import { useImportErrors, type ImportAnswer } from "../../../api/imports";
import { Problem } from "../../../api/problem";
import type { Table } from "../../../api/tables";
import { Button } from "../../../components/Button";
import { Card } from "../../../components/Card";
import { useToast } from "../../../components/Toast";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { runsOf } from "../rowWindow";
import { Spacer } from "../Spacer";
import { useRowWindow } from "../useRowWindow";
import type { Chosen } from "./chosen";
import { ErrorRow } from "./ErrorRow";

interface Props {
  table: Table;
  chosen: Chosen;
  answer: ImportAnswer;
}

const COLUMNS = 4;

/** What is wrong in the file: where, what stands there and why it cannot be stored. Rows in view are drawn. */
export function ErrorsCard({ table, chosen, answer: { errors, errors_total } }: Props) {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const download = useImportErrors(table.id);
  const list = useRef<HTMLTableElement>(null);
  const { span, height } = useRowWindow(list, errors.length);
  const runs = runsOf(span, [], errors.length);
  const left = errors.length - (runs.at(-1)?.end ?? 0);
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
      note={!isWhole && t.data.errors.first(format.number(errors.length), format.number(errors_total))}
      actions={
        <Button small icon="download" busy={download.isPending} onClick={save}>
          {t.common.download}
        </Button>
      }
      flush
    >
      <div className="table-wrap import-errors" tabIndex={0} role="group" aria-label={title}>
        <table ref={list} aria-rowcount={errors.length + 1}>
          <thead>
            <tr>
              <th scope="col" className="num">
                {t.data.errors.line}
              </th>
              <th scope="col">{t.imports.column}</th>
              <th scope="col">{t.imports.value}</th>
              <th scope="col">{t.imports.problem}</th>
            </tr>
          </thead>
          <tbody>
            {runs.flatMap(({ skipped, first, end }) => [
              skipped > 0 && <Spacer key={`before ${first}`} rows={skipped} height={height} columns={COLUMNS} />,
              ...errors
                .slice(first, end)
                .map((problem, at) => <ErrorRow key={first + at} row={first + at} problem={problem} />),
            ])}
            {left > 0 && <Spacer key="rest" rows={left} height={height} columns={COLUMNS} />}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
