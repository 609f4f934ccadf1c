import type { Span } from "../../../api/observations";
import { Field } from "../../../components/Field";
import { useText } from "../../../i18n/text";

/** Two days as they are typed; an empty one is no bound. */
export interface SpanTexts {
  from: string;
  to: string;
}

export const NO_BOUNDS: SpanTexts = { from: "", to: "" };

export const isBackwards = ({ from, to }: SpanTexts): boolean => from !== "" && to !== "" && from > to;

export const spanOf = ({ from, to }: SpanTexts): Span => ({ ...(from && { from }), ...(to && { to }) });

export function SpanFields({ span, onSpan }: { span: SpanTexts; onSpan: (span: SpanTexts) => void }) {
  const t = useText().data.remove;
  return (
    <div className="stack-s">
      <div className="span-fields">
        <Field label={t.from} type="date" value={span.from} onChange={(from) => onSpan({ ...span, from })} autoFocus />
        <Field
          label={t.to}
          type="date"
          value={span.to}
          onChange={(to) => onSpan({ ...span, to })}
          error={isBackwards(span) ? t.wrongOrder : undefined}
        />
      </div>
      <p className="hint">{t.openEnd}</p>
    </div>
  );
}
