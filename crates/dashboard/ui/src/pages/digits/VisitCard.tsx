import { useEffect, useRef } from "react";
import { Button, IconButton } from "../../components/Button";
import { Card } from "../../components/Card";
import { Icon } from "../../components/Icon";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import type { Picture } from "./picture";
import { useVisit, visit, type Kept } from "./visit";

/** What was read since somebody signed in. A picture that waits to be read is there, too, while another is shown. */
export function VisitCard({ unread }: { unread: Picture | null }) {
  const t = useText().digits;
  const { kept, shown } = useVisit();
  if (kept.length === 0) return null;
  return (
    <div className="dg-visit">
      <Card
        title={t.visit.title}
        note={t.visit.note}
        flush
        actions={
          <Button small onClick={visit.clear}>
            {t.visit.clear}
          </Button>
        }
      >
        <ul className="dg-kept">
          {unread && (
            <li>
              <button type="button" aria-current={shown === null} onClick={() => visit.show(null)}>
                <span className="dg-thumb">
                  <Icon name="image" />
                </span>
                <span className="grow strong">{t.visit.unread}</span>
              </button>
            </li>
          )}
          {kept.map((one) => (
            <Line key={one.id} one={one} isShown={one.id === shown} />
          ))}
        </ul>
      </Card>
    </div>
  );
}

function Line({ one, isShown }: { one: Kept; isShown: boolean }) {
  const t = useText().digits;
  const format = useFormat();
  const { lectura, revisar } = one.answer;
  const name = lectura === "" ? t.visit.none : lectura;
  return (
    <li>
      <button type="button" aria-current={isShown} onClick={() => visit.show(one.id)}>
        <Thumbnail canvas={one.thumbnail} />
        <span className="grow">
          <span className="strong n dg-short">{name}</span>
          <span className="sub-line">
            {format.time(one.at)}
            {revisar && ` · ${t.visit.review}`}
          </span>
        </span>
        {revisar && <Icon name="alert" className="dg-warn" />}
      </button>
      <IconButton icon="x" small label={t.visit.remove(name)} onClick={() => visit.remove(one.id)} />
    </li>
  );
}

function Thumbnail({ canvas }: { canvas: HTMLCanvasElement | null }) {
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (canvas) place.current?.replaceChildren(canvas);
  }, [canvas]);
  return <span className="dg-thumb" ref={place} aria-hidden="true" />;
}
