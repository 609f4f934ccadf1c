import { useState } from "react";
import { Note } from "../../../components/Badge";
import { saveFile } from "../../../charts/save";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { useDraft } from "../../../session/drafts";
import { ChosenTable } from "./ChosenTable";
import { DropZone } from "./DropZone";
import { PasteRows } from "./PasteRows";
import { pastedKey, type Source } from "./source";
import type { FileChoice } from "./useFileChoice";

interface Props {
  handle: string;
  /** The table that was chosen before. */
  source: Source | null;
  choice: FileChoice;
  onSource: (source: Source) => void;
  onReview: () => void;
  onRemove: () => void;
}

/** A spreadsheet's columns by the names that the API reads in the page's language. */
const TEMPLATE = {
  es: "fecha,seguidores,publicaciones,seguidos\r\n2026-01-30,12034,310,71\r\n2026-01-31,12101,312,71\r\n",
  en: "date,followers,posts,following\r\n2026-01-30,12034,310,71\r\n2026-01-31,12101,312,71\r\n",
};

export function ChooseStep({ handle, source, choice, onSource, onReview, onRemove }: Props) {
  const t = useText().data;
  const { language } = useFormat();
  const { problem, say, explain, take } = choice;
  const [pasted, setPasted] = useDraft(pastedKey(handle), "");
  const [isPasting, setPasting] = useState(pasted !== "");

  return (
    <div className="stack">
      {problem && (
        <Note tone="bad" icon="alert" role="alert">
          {problem}
        </Note>
      )}
      {source && <ChosenTable source={source} onReview={onReview} onRemove={onRemove} />}
      <DropZone note={t.file.columns} onFiles={take} />
      <div className="row small centred">
        <span className="muted">{t.file.or}</span>
        <button type="button" className="link" aria-expanded={isPasting} onClick={() => setPasting(!isPasting)}>
          {t.file.paste}
        </button>
        <span className="muted" aria-hidden="true">
          ·
        </span>
        <button
          type="button"
          className="link"
          onClick={() => saveFile(new Blob([TEMPLATE[language]], { type: "text/csv" }), t.file.templateName)}
        >
          {t.file.template}
        </button>
      </div>
      {isPasting && (
        <PasteRows
          text={pasted}
          onText={setPasted}
          onProblem={(found) => say(explain(found, pasted.length))}
          onSource={onSource}
        />
      )}
    </div>
  );
}
