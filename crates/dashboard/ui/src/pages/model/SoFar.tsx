import { useAccuracy, type Accuracy } from "../../api/models";
import { Card } from "../../components/Card";
import { Empty, Loaded } from "../../components/States";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { useMeasure } from "./useMeasure";
import { decimalsOf } from "./verdict";

/** The forecasts whose date has come, by how far ahead they were. */
export function SoFar({ handle }: { handle: string }) {
  const t = useText();
  const accuracy = useAccuracy(handle);
  return (
    <Card title={t.model.soFar} note={t.model.soFarNote} flush>
      <Loaded query={accuracy}>
        {(data) =>
          data.total ? (
            <>
              <Total total={data.total} note={data.note ?? null} />
              <Rows data={data} />
            </>
          ) : (
            <Empty title={t.model.noSoFar}>
              <p>{data.note ?? t.model.noSoFarNext}</p>
            </Empty>
          )
        }
      </Loaded>
    </Card>
  );
}

function Total({ total, note }: { total: NonNullable<Accuracy["total"]>; note: string | null }) {
  const { model } = useText();
  const format = useFormat();
  const measure = useMeasure();
  const bias = format.number(Math.abs(total.bias), decimalsOf(total.mae));
  const isBiased = bias !== format.number(0, decimalsOf(total.mae));
  return (
    <div className="card-body pad-bottom-s reading">
      <p>
        {model.soFarTotal(
          format.number(total.forecasts),
          measure.error(total.mae),
          measure.error(total.baseline_mae, total.mae),
        )}{" "}
        {isBiased && (total.bias > 0 ? model.tooLow(bias) : model.tooHigh(bias))}
      </p>
      {note && <p className="muted small">{note}</p>}
    </div>
  );
}

function Rows({ data }: { data: Accuracy }) {
  const t = useText();
  const format = useFormat();
  const measure = useMeasure();
  const smallest = Math.min(...data.rows.map((row) => row.mae));
  const columns = [
    t.model.forecasts,
    t.model.errorColumn,
    t.model.baselineError,
    t.model.bias,
    t.model.coverageColumn(format.percent(80)),
    t.model.coverageColumn(format.percent(95)),
  ];
  return (
    <>
      <div className="table-wrap">
        <table className="model-cards">
          <thead>
            <tr>
              <th scope="col">{t.model.ahead}</th>
              {columns.map((name) => (
                <th key={name} className="num" scope="col">
                  {name}
                  {name === t.model.bias && <span className="unit">{t.model.biasNote}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.rows.map((row) => (
              <tr key={row.horizon_days.from}>
                <td className="c-title strong">
                  {measure.range(row.horizon_days.from, row.horizon_days.until ?? null)}
                </td>
                {[
                  format.number(row.forecasts),
                  measure.error(row.mae, smallest),
                  measure.error(row.baseline_mae, smallest),
                  format.signed(row.bias, decimalsOf(smallest)),
                  format.share(row.coverage_80),
                  format.share(row.coverage_95),
                ].map((value, at) => (
                  <td key={columns[at]} className="num" data-label={columns[at]}>
                    {value}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="card-body muted xs topline">
        {t.model.versionsCompared(data.versions.map((version) => format.number(version)).join(", "))}
      </p>
    </>
  );
}
