import type { ImportAnswer } from "../../../api/imports";
import { Note } from "../../../components/Badge";
import { useText } from "../../../i18n/text";
import { ColumnsCard } from "./ColumnsCard";
import { ErrorsCard } from "./ErrorsCard";
import { FileCard } from "./FileCard";
import { ImportBar } from "./ImportBar";
import { Question } from "./Question";
import type { ReviewProps } from "./ReviewStep";

interface Props extends ReviewProps {
  answer: ImportAnswer;
  /** The file is being read in another way; what is shown is of the way before. */
  isStale: boolean;
}

/** What importing the file would do. */
export function Review({ table, chosen, onOptions, onOther, storing, onStore, answer, isStale }: Props) {
  const { imports, data } = useText();
  const { trial } = data;
  const { needs } = answer;
  const isUnmapped = answer.columns.length > 0 && answer.columns.every(({ field }) => field === null);
  const card = { answer, options: chosen.options, onOptions, isBusy: storing.isBusy };
  return (
    <>
      <Note tone="acc">{trial.note}</Note>
      {!answer.accepted && !needs && (
        <Note tone="bad" icon="alert" role="alert">
          <p className="strong">{trial.unacceptable}</p>
          {isUnmapped && <p>{imports.mapFirst}</p>}
        </Note>
      )}
      {needs && (
        <Question
          key={`${needs.choice} ${needs.column}`}
          question={needs}
          onAnswer={(word) => {
            onOptions({ ...chosen.options, [needs.choice]: word });
            // The question goes, and what has the focus with it.
            document.getElementById("content")?.focus({ preventScroll: true });
          }}
        />
      )}
      <div className={isStale ? "stack is-stale" : "stack"} aria-busy={isStale}>
        <FileCard {...card} source={chosen.source} />
        {answer.errors_total > 0 && <ErrorsCard key={chosen.id} table={table} chosen={chosen} answer={answer} />}
        {answer.columns.length > 0 && <ColumnsCard {...card} table={table} />}
      </div>
      <ImportBar
        key={chosen.id}
        answer={answer}
        storing={storing}
        isStale={isStale}
        onOther={onOther}
        onStore={onStore}
      />
    </>
  );
}
