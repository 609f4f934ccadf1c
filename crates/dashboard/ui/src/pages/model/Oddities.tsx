import type { ModelInfo } from "../../api/models";
import { Card } from "../../components/Card";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";

/** What was taken out of the history before the models were fitted. */
export function Oddities({ info }: { info: ModelInfo }) {
  const t = useText();
  const format = useFormat();
  const all = [
    ...info.level_shifts.map(({ fecha, size }) => ({ fecha, text: t.model.shift(format.signed(size)) })),
    ...info.outliers.map(({ fecha, observed, expected }) => ({
      fecha,
      text: t.model.outlier(format.number(observed), format.number(expected)),
    })),
  ].sort((a, b) => b.fecha.localeCompare(a.fecha));
  if (all.length === 0) return null;
  return (
    <Card title={t.model.shifts} note={t.model.shiftsNote}>
      <dl className="dated">
        {all.map(({ fecha, text }) => (
          <div key={fecha + text}>
            <dt className="n">{format.day(fecha)}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
