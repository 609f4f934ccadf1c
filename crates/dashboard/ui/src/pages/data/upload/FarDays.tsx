import { useMemo } from "react";
import { useStoredDays, type Trial } from "../../../api/observations";
import { Note } from "../../../components/Badge";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { farDays, type FarDay } from "./farDays";
import { mergeDays, spanAround } from "./previewDays";

const SHOWN = 5;

/** Days of the table that stand out of those around them. They can be stored: somebody looks at them first. */
export function FarDays({ handle, preview }: { handle: string; preview: Trial["preview"] }) {
  const span = spanAround(preview);
  return span && <Found handle={handle} preview={preview} {...span} />;
}

function Found({ handle, preview, from, to }: { handle: string; preview: Trial["preview"]; from: string; to: string }) {
  const t = useText().data.far;
  const format = useFormat();
  const stored = useStoredDays(handle, from, to);
  const found = useMemo(
    () => (stored.data ? farDays(mergeDays(stored.data.days, preview)) : []),
    [stored.data, preview],
  );
  const says = ({ day, value, before, after, times, isMore }: FarDay) => {
    const near = [before, after].flatMap((one) => (one === null ? [] : [format.number(one)]));
    const words = isMore ? t.more : t.less;
    return words(format.day(day), format.number(value), format.number(Math.round(times)), t.near(near));
  };
  if (found.length === 0) return null;
  return (
    <Note tone="warn" icon="alert" role="status">
      <p className="strong">{t.title(found.length, format.number(found.length))}</p>
      {found.slice(0, SHOWN).map((one) => (
        <p key={one.day}>{says(one)}</p>
      ))}
      {found.length > SHOWN && <p>{t.rest(found.length - SHOWN, format.number(found.length - SHOWN))}</p>}
      <p className="small">{t.canStore}</p>
    </Note>
  );
}
