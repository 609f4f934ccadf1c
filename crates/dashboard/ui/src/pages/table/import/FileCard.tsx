import type { ImportOptions } from "../../../api/importOptions";
import type { ImportAnswer } from "../../../api/imports";
import { Icon } from "../../../components/Icon";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { Count } from "../../data/upload/Count";
import { SheetChoice } from "../../data/upload/SheetChoice";
import { isWorkbook, type Source } from "../../data/upload/source";
import { readAs } from "./options";
import { Reading } from "./Reading";

export interface CardProps {
  answer: ImportAnswer;
  options: ImportOptions;
  onOptions: (options: ImportOptions) => void;
  /** While it is imported nothing can be told any more. */
  isBusy: boolean;
}

/** The file as it was understood, and what would become of its rows. */
export function FileCard({ source, answer, options, onOptions, isBusy }: CardProps & { source: Source }) {
  const t = useText();
  const format = useFormat();
  return (
    <section className="card" aria-label={source.name ?? t.imports.what}>
      <div className="card-head">
        <Icon name="file" />
        <h2 className="grow anywhere">{source.name}</h2>
        {!answer.needs && <p className="n">{t.data.trial.rows(answer.total, format.number(answer.total))}</p>}
      </div>
      <fieldset className="card-body import-reading" disabled={isBusy}>
        <legend className="sr">{t.imports.read}</legend>
        <Reading answer={answer} onRead={(part) => onOptions(readAs(options, part))} />
        {isWorkbook(source) && (
          <SheetChoice sheet={options.sheet} onSheet={(sheet) => onOptions(readAs(options, { sheet }))} />
        )}
      </fieldset>
      {!answer.needs && <Counts answer={answer} />}
    </section>
  );
}

function Counts({ answer: { created, changed, unchanged, skipped } }: { answer: ImportAnswer }) {
  const t = useText().data.trial;
  return (
    <dl className="counts">
      <Count icon="check" name={t.added} value={created} note="" />
      <Count icon="train" name={t.changed} value={changed} note="" />
      <Count icon="equal" name={t.unchanged} value={unchanged} note={t.untouched} />
      <Count
        icon="alert"
        name={t.skipped}
        value={skipped}
        note={skipped > 0 ? t.notStored : t.nothingWrong}
        isBad={skipped > 0}
      />
    </dl>
  );
}
