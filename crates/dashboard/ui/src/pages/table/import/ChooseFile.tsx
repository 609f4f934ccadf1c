import { Note } from "../../../components/Badge";
import { useText } from "../../../i18n/text";
import { ChosenTable } from "../../data/upload/ChosenTable";
import { DropZone } from "../../data/upload/DropZone";
import type { FileChoice } from "../../data/upload/useFileChoice";
import type { Chosen } from "./chosen";

interface Props {
  /** The file that was chosen before. */
  chosen: Chosen | null;
  choice: FileChoice;
  onReview: () => void;
  onRemove: () => void;
}

export function ChooseFile({ chosen, choice, onReview, onRemove }: Props) {
  const t = useText();
  return (
    <div className="stack">
      {choice.problem && (
        <Note tone="bad" icon="alert" role="alert">
          {choice.problem}
        </Note>
      )}
      {chosen && <ChosenTable source={chosen.source} onReview={onReview} onRemove={onRemove} />}
      <DropZone note={t.imports.file} onFiles={choice.take} />
    </div>
  );
}
