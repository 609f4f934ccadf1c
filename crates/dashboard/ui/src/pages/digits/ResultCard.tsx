import { useEffect, useRef } from "react";
import { Card } from "../../components/Card";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { Advice } from "./Advice";
import { PictureView } from "./PictureView";
import { Reading } from "./Reading";
import { Unread } from "./Unread";
import { useSureWords } from "./useSureWords";
import type { Work } from "./useWork";
import { useVisit } from "./visit";

/** What was read; before that the picture that waits to be read, and before that what makes a good one. */
export function ResultCard({ work }: { work: Work }) {
  const t = useText().digits;
  const format = useFormat();
  const words = useSureWords();
  const { kept, shown } = useVisit();
  const one = kept.find(({ id }) => id === shown);
  const { picture } = work;
  const place = useAttention(one?.id ?? (picture && `${picture.id} ${work.isReading}`) ?? "");

  return (
    <div className="dg-result" ref={place} tabIndex={-1}>
      <p className="sr" role="status">
        {one && words.heard(one.answer)}
      </p>
      {one ? (
        <Card title={t.reading} note={t.readAt(format.time(one.at))}>
          <Reading key={one.id} picture={one.picture} answer={one.answer} />
        </Card>
      ) : picture ? (
        <Card title={picture.isDrawing ? t.yourDrawing : t.yourPicture}>
          <div className="stack">
            <Unread work={work} picture={picture} />
            <PictureView blob={picture.blob} label={t.picture} />
          </div>
        </Card>
      ) : (
        <Card title={t.reading}>
          <Advice title={t.nothingYet} />
        </Card>
      )}
    </div>
  );
}

/** A card that begins higher than this in the window is seen. */
const SEEN = 0.75;

/** What is new comes into view, and gets the focus where what had it is gone. */
function useAttention(state: string) {
  const place = useRef<HTMLDivElement>(null);
  const before = useRef(state);
  useEffect(() => {
    if (state === before.current) return;
    before.current = state;
    const top = place.current?.getBoundingClientRect().top ?? 0;
    if (state !== "" && (top < 0 || top > innerHeight * SEEN)) place.current?.scrollIntoView({ block: "start" });
    if (document.activeElement === document.body) place.current?.focus({ preventScroll: true });
  }, [state]);
  return place;
}
