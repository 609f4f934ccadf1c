import { useMemo, useState } from "react";
import type { DigitsRead } from "../../api/digits";
import { Badge } from "../../components/Badge";
import { CopyButton } from "../../components/CopyButton";
import { Segmented } from "../../components/Segmented";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { Advice } from "./Advice";
import { Boxes } from "./Boxes";
import { DigitsTable } from "./DigitsTable";

import type { Picture } from "./picture";
import { PictureView } from "./PictureView";
import { closeUpOf } from "./region";
import { useChosen } from "./useChosen";
import { useSureWords } from "./useSureWords";
import { WholeNumber } from "./WholeNumber";

/** What was found in a picture: the number, where each digit stands, and how sure each is. */
export function Reading({ picture, answer }: { picture: Picture; answer: DigitsRead }) {
  const t = useText().digits;
  const format = useFormat();
  const closeUp = useMemo(() => closeUpOf(answer), [answer]);
  const [isWhole, setWhole] = useState(false);
  const chosen = useChosen();
  const isFound = answer.digitos.length > 0;
  return (
    <div className="stack">
      {isFound ? (
        <div className="row between dg-answer">
          <WholeNumber answer={answer} chosen={chosen} />
          <CopyButton text={answer.lectura} />
        </div>
      ) : (
        <Advice title={t.noneFound} isWarning />
      )}
      <div className="row between">
        <States answer={answer} />
        {closeUp && (
          <Segmented
            label={t.view}
            value={isWhole ? "whole" : "near"}
            onChange={(view) => setWhole(view === "whole")}
            options={[
              { value: "near", text: t.near },
              { value: "whole", text: t.whole },
            ]}
          />
        )}
      </div>
      <PictureView blob={picture.blob} label={t.picture} part={isWhole ? null : closeUp}>
        {(part) => <Boxes answer={answer} part={part} chosen={chosen} />}
      </PictureView>
      {isFound && (
        <p className="hint">
          <span className="dg-mouse">{t.walk}</span>
          <span className="dg-touch">{t.tap}</span>
        </p>
      )}
      {isFound && <DigitsTable digits={answer.digitos} chosen={chosen} />}
      <p className="muted xs">
        {t.madeBy(answer.model_version, format.number(answer.millis, Number.isInteger(answer.millis) ? 0 : 1))}
      </p>
    </div>
  );
}

/** Whether somebody should look at it, and whether it was read before. */
function States({ answer }: { answer: DigitsRead }) {
  const t = useText().digits;
  const words = useSureWords();
  return (
    <div className="row">
      {answer.digitos.length > 0 && (
        <Badge tone={answer.revisar ? "warn" : "ok"} icon={answer.revisar ? "alert" : "check"}>
          {words.review(answer)}
        </Badge>
      )}
      {answer.cached && <Badge icon="history">{t.fromMemory}</Badge>}
    </div>
  );
}
