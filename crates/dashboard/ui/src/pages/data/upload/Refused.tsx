import { Problem } from "../../../api/problem";
import { Button } from "../../../components/Button";
import { useText } from "../../../i18n/text";
import { RefusedNote } from "./RefusedNote";
import type { Source } from "./source";
import { TableOptions } from "./TableOptions";

interface Props {
  error: Error;
  source: Source;
  onSource: (source: Source) => void;
  onOther: () => void;
  onRetry: () => void;
}

/** A table that cannot be tried out at all: why, and what helps. */
export function Refused({ error, source, onSource, onOther, onRetry }: Props) {
  const t = useText();
  const reasons = error instanceof Problem ? error.fields : [];
  return (
    <div className="stack">
      <RefusedNote error={error} cureOf={(code) => t.data.errors.cures[code]} />
      <TableOptions
        source={source}
        onSource={onSource}
        isOrderOpen={reasons.some(({ code }) => code === "ambiguous_date")}
      />
      <div className="row">
        <Button look="primary" onClick={onOther}>
          {t.data.store.other}
        </Button>
        <Button onClick={onRetry}>{t.common.retry}</Button>
      </div>
    </div>
  );
}
