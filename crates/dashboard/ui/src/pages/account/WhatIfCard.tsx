import { useAssuming, type PathRow } from "../../api/forecasts";
import { Note } from "../../components/Badge";
import { Card } from "../../components/Card";
import { Loaded } from "../../components/States";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { RangeField } from "./RangeField";
import { useSettled } from "./useSettled";
import type { ChangeView } from "./view";

interface Props {
  handle: string;
  /** The day at the horizon. */
  end: PathRow;
  /** The posts a day of late; null where none are known. */
  recent: number | null;
  posts: number | null;
  onChange: ChangeView;
}

/** What the model expects for another number of posts a day. The effect is the API's, not the page's. */
export function WhatIfCard({ handle, end, recent, posts, onChange }: Props) {
  const t = useText();
  const f = useFormat();
  const [moving, move] = useSettled<number | null>(posts, (next) => onChange({ posts: next }));
  const usual = Math.round(recent ?? 0);
  // The answer for what is usual tells whether the model heeds posts at all.
  const probe = useAssuming(handle, end.fecha, posts ?? usual);
  const isUnused = probe.data?.warnings.includes("ASSUMPTIONS_UNUSED") ?? false;
  return (
    <Card title={t.account.whatIfTitle}>
      <div className="stack-s">
        <RangeField
          label={t.account.postsField}
          hideLabel
          numberLabel={t.account.postsField}
          unit={t.account.postsUnit}
          min={0}
          max={Math.max(20, 2 * usual, posts ?? 0)}
          value={moving ?? usual}
          onChange={move}
          disabled={isUnused}
        />
        {isUnused ? (
          <p className="small muted">{t.account.postsUnused}</p>
        ) : posts === null ? (
          <p className="small muted">
            {recent === null ? t.account.postsUnknown : t.account.postsRecent(f.number(recent, 1))}
          </p>
        ) : (
          <>
            <Effect handle={handle} end={end} posts={posts} />
            <button className="link small left" type="button" onClick={() => onChange({ posts: null })}>
              {t.account.postsReset}
            </button>
          </>
        )}
      </div>
    </Card>
  );
}

function Effect({ handle, end, posts }: { handle: string; end: PathRow; posts: number }) {
  const t = useText();
  const f = useFormat();
  const query = useAssuming(handle, end.fecha, posts);
  const day = f.day(end.fecha);
  return (
    <div aria-live="polite" className="stack-s small">
      <Loaded query={query}>
        {(answer) => {
          const interval = answer.intervals.find(({ level }) => level === 80);
          const ownWarnings = answer.warning_texts.filter(({ code }) => code.startsWith("ASSUMPTION"));
          return (
            <>
              <p className="strong n">
                {answer.assumption_effect === 0
                  ? t.account.postsNoEffect(day)
                  : t.account.postsEffect(f.signed(answer.assumption_effect), day)}
              </p>
              {answer.assumption_used !== null && interval && (
                <p className="n">
                  {t.account.postsResult(
                    f.number(answer.assumption_used, Number.isInteger(answer.assumption_used) ? 0 : 1),
                    f.number(answer.prediction),
                    f.number(interval.lower),
                    f.number(interval.upper),
                  )}
                </p>
              )}
              {ownWarnings.map(({ code, message }) => (
                <Note key={code} tone="warn" icon="alert">
                  {message}
                </Note>
              ))}
              <p className="xs muted">{t.account.postsChart}</p>
            </>
          );
        }}
      </Loaded>
    </div>
  );
}
