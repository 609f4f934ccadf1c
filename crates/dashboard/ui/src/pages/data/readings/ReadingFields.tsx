import { DateField } from "../../../components/DateField";
import { Field } from "../../../components/Field";
import { placeOf } from "../../../format/dates";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { isTime, type Texts } from "./readingTexts";

interface PartProps {
  texts: Texts;
  onChange: (part: Partial<Texts>) => void;
}

/** The day and the time of a new reading. */
export function When({ texts, onChange }: PartProps) {
  const t = useText().data.reading;
  const { zone } = useFormat();
  return (
    <div className="when">
      <DateField label={t.day} hint={t.zone(placeOf(zone))} value={texts.day} onChange={(day) => onChange({ day })} />
      <Field
        label={t.time}
        inputMode="numeric"
        value={texts.time}
        error={isTime(texts.time) ? undefined : t.wrongTime}
        onChange={(time) => onChange({ time })}
      />
    </div>
  );
}

/** What was counted. */
export function Counts({ texts, onChange, isFirst }: PartProps & { isFirst: boolean }) {
  const t = useText().data.reading;
  const wrong = (text: string) => (text.trim() !== "" && !/^\d+$/.test(text.trim()) ? t.whole : undefined);
  return (
    <>
      <Field
        label={t.followers}
        inputMode="numeric"
        value={texts.followers}
        error={wrong(texts.followers)}
        onChange={(followers) => onChange({ followers })}
        autoFocus={isFirst}
        required
      />
      <Field
        label={t.posts}
        hint={t.optional}
        inputMode="numeric"
        value={texts.posts}
        error={wrong(texts.posts)}
        onChange={(posts) => onChange({ posts })}
      />
      <Field
        label={t.following}
        hint={t.optional}
        inputMode="numeric"
        value={texts.following}
        error={wrong(texts.following)}
        onChange={(following) => onChange({ following })}
      />
    </>
  );
}
