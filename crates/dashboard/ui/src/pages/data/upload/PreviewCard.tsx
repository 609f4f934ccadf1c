import { useMemo, useState } from "react";
import { useStoredDays, type Trial } from "../../../api/observations";
import { Button } from "../../../components/Button";
import { Card } from "../../../components/Card";
import { Loaded, Skeleton } from "../../../components/States";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { PreviewChart } from "./PreviewChart";
import { isAboveZero, mergeDays, spanAround, type PreviewDay } from "./previewDays";

const MOST_DAYS = 4_000;

/** The days that would end with other followers, over what is stored; a chart and its twin as a table. */
export function PreviewCard({ handle, trial: { preview, would_insert } }: { handle: string; trial: Trial }) {
  const t = useText().data.preview;
  const format = useFormat();
  const span = spanAround(preview);
  return (
    <Card title={t.title} note={span && <Key />}>
      {span ? (
        <Shown handle={handle} preview={preview} {...span} />
      ) : (
        <p className="muted">
          {t.none} {would_insert > 0 && t.earlier}
        </p>
      )}
      {preview.length >= MOST_DAYS && <p className="axis-note">{t.newest(format.number(MOST_DAYS))}</p>}
    </Card>
  );
}

function Shown({ handle, preview, from, to }: { handle: string; preview: Trial["preview"]; from: string; to: string }) {
  const t = useText().data.preview;
  const format = useFormat();
  const stored = useStoredDays(handle, from, to);
  const days = useMemo(() => mergeDays(stored.data?.days ?? [], preview), [stored.data, preview]);
  const added = preview.filter((day) => day.outcome === "new").length;
  const changed = preview.length - added;
  const [newDays, changedDays] = [
    t.newDays(added, format.number(added)),
    t.changedDays(changed, format.number(changed)),
  ];
  return (
    <Loaded query={stored} skeleton={<Skeleton className="skel-preview" />}>
      {() => (
        <div className="stack-s preview-body">
          <PreviewChart days={days} label={t.chart(newDays, changedDays)} />
          <p className="small soft">
            {[added > 0 && newDays, changed > 0 && changedDays, isAboveZero(days) && t.axis]
              .filter(Boolean)
              .join(" · ")}
          </p>
          <details className="small">
            <summary>{t.table}</summary>
            <Twin days={days.filter((day) => day.outcome !== "unchanged")} />
          </details>
        </div>
      )}
    </Loaded>
  );
}

function Key() {
  const t = useText().data.preview;
  return (
    <span className="key">
      <svg viewBox="0 0 22 8" aria-hidden="true">
        <line x1="0" x2="22" y1="4" y2="4" className="k-now" />
      </svg>
      {t.now}
      <svg viewBox="0 0 22 8" aria-hidden="true">
        <line x1="0" x2="22" y1="4" y2="4" className="k-file" />
      </svg>
      {t.then}
    </span>
  );
}

const FIRST_ROWS = 30;

function Twin({ days }: { days: readonly PreviewDay[] }) {
  const t = useText();
  const format = useFormat();
  const [most, setMost] = useState(FIRST_ROWS);
  return (
    <div className="twin" tabIndex={0} role="group" aria-label={t.data.preview.title}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.data.preview.day}</th>
            <th scope="col" className="num">
              {t.data.preview.stored}
            </th>
            <th scope="col" className="num">
              {t.data.preview.withFile}
            </th>
            <th scope="col">{t.data.preview.what}</th>
          </tr>
        </thead>
        <tbody>
          {days.slice(0, most).map((day) => (
            <tr key={day.day}>
              <td className="nowrap">{format.day(day.day)}</td>
              <td className="num">{format.number(day.now)}</td>
              <td className="num">{format.number(day.then)}</td>
              <td>{t.data.preview.outcomes[day.outcome]}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {days.length > most && (
        <Button small onClick={() => setMost(most + 200)}>
          {t.common.more}
        </Button>
      )}
    </div>
  );
}
