import { useId, type FormEvent } from "react";
import { Button } from "../../../components/Button";
import { useText } from "../../../i18n/text";
import { sourceOfText, type Source, type SourceProblem } from "./source";

interface Props {
  text: string;
  onText: (text: string) => void;
  onSource: (source: Source) => void;
  onProblem: (problem: SourceProblem) => void;
}

/** Rows as somebody copies them from a spreadsheet or a mail. */
export function PasteRows({ text, onText, onSource, onProblem }: Props) {
  const t = useText().data.file;
  const id = useId();
  const review = (event: FormEvent) => {
    event.preventDefault();
    const read = sourceOfText(text);
    if (typeof read === "string") onProblem(read);
    else onSource(read);
  };
  return (
    <form className="card card-body stack" onSubmit={review}>
      <div className="field">
        <label htmlFor={id}>{t.pasteLabel}</label>
        <textarea
          id={id}
          className="input paste-area"
          rows={8}
          value={text}
          spellCheck={false}
          autoFocus
          aria-describedby={`${id}-hint`}
          onChange={(event) => onText(event.target.value)}
        />
        <p className="hint" id={`${id}-hint`}>
          {t.pasteHint}
        </p>
      </div>
      <div className="row">
        <Button type="submit" look="primary" disabled={text.trim() === ""}>
          {t.pasteReview}
        </Button>
      </div>
    </form>
  );
}
