import { Button } from "../../../components/Button";
import { Icon } from "../../../components/Icon";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import type { Source } from "./source";

interface Props {
  source: Source;
  onReview: () => void;
  onRemove: () => void;
}

/** The table that was chosen before, to go on with or to remove. */
export function ChosenTable({ source, onReview, onRemove }: Props) {
  const t = useText().data.file;
  const format = useFormat();
  return (
    <section className="card card-body row between" aria-label={t.chosen}>
      <span className="row-tight">
        <Icon name="file" />
        <span>
          <span className="strong anywhere">{source.name ?? t.pasteName}</span>
          <span className="sub-line">{format.bytes(source.body.size)}</span>
        </span>
      </span>
      <span className="row">
        <Button onClick={onRemove}>{t.remove}</Button>
        <Button look="primary" onClick={onReview}>
          {t.again}
        </Button>
      </span>
    </section>
  );
}
