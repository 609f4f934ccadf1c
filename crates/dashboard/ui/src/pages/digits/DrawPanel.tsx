import { useId, useRef, useState, type KeyboardEvent } from "react";
import { Button } from "../../components/Button";
import { useText } from "../../i18n/text";
import { useDraft } from "../../session/drafts";
import { pictureOfDrawing } from "./drawing";
import type { Picture } from "./picture";
import type { Stroke } from "./strokes";
import { usePad } from "./usePad";

const NONE: readonly Stroke[] = [];

/** A sheet of paper to write digits on. What was written is kept when the session ends. */
export function DrawPanel({ onPicture, isOver }: { onPicture: (picture: Picture) => void; isOver: boolean }) {
  const {
    draw: t,
    zone: { over },
  } = useText().digits;
  const id = useId();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [kept, setStrokes, clear] = useDraft<readonly Stroke[] | null>("digits/strokes", null);
  const strokes = kept ?? NONE;
  const pad = usePad(canvas, strokes, (stroke) => setStrokes([...strokes, stroke]));
  const [isBusy, setBusy] = useState(false);

  // What was cleared by mistake comes back, too.
  const [cleared, setCleared] = useState(NONE);
  const mayUndo = strokes.length > 0 || cleared.length > 0;
  const undo = () => {
    const before = strokes.length > 0 ? strokes.slice(0, -1) : cleared;
    if (before.length > 0) setStrokes(before);
    else clear();
    setCleared(NONE);
  };
  const clearAll = () => {
    setCleared(strokes);
    clear();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    undo();
  };
  const read = async () => {
    setBusy(true);
    const picture = await pictureOfDrawing(strokes);
    setBusy(false);
    if (picture) onPicture(picture);
  };
  const isBlank = strokes.length === 0;
  return (
    <div className="stack-s">
      <div className={isOver ? "dg-paper dg-over" : "dg-paper"}>
        <canvas
          ref={canvas}
          className="dg-pad"
          tabIndex={0}
          role="img"
          aria-label={t.pad(strokes.length)}
          aria-describedby={`${id}-how`}
          onKeyDown={onKeyDown}
          {...pad}
        />
        {(isBlank || isOver) && (
          <p className="dg-write" aria-hidden="true">
            {isOver ? over : t.here}
          </p>
        )}
      </div>
      <div className="row">
        <Button look="primary" icon="digits" disabled={isBlank} busy={isBusy} onClick={() => void read()}>
          {t.read}
        </Button>
        <Button icon="undo" disabled={!mayUndo} onClick={undo}>
          {t.undo}
        </Button>
        <Button icon="trash" disabled={isBlank} onClick={clearAll}>
          {t.clear}
        </Button>
      </div>
      <p className="hint" id={`${id}-how`}>
        {t.how}
      </p>
    </div>
  );
}
