import { useId, useState } from "react";
import type { ImportQuestion } from "../../../api/imports";
import { useText } from "../../../i18n/text";

interface Props {
  question: ImportQuestion;
  onAnswer: (word: string) => void;
}

/** What only a person can tell of the file. */
export function Question({ question: { choice, column, options }, onAnswer }: Props) {
  const t = useText();
  const name = useId();
  const [answer, setAnswer] = useState<string | null>(null);
  const words: Record<string, string> = choice === "decimal" ? t.imports.decimals : t.data.trial.formats;
  return (
    <div className="card card-body import-question" role="radiogroup" aria-labelledby={`${name}-asked`}>
      <h2 id={`${name}-asked`}>{t.imports.questions[choice](column)}</h2>
      <p className="soft">{t.imports.questionWhy}</p>
      {options.map((word) => (
        <label key={word} className="check">
          <input
            type="radio"
            name={name}
            value={word}
            checked={answer === word}
            onChange={() => {
              setAnswer(word);
              onAnswer(word);
            }}
          />
          <span>{words[word] ?? word}</span>
        </label>
      ))}
    </div>
  );
}
