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
    <div className="card-body pad-bottom-s model-reading">
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

interface Column {
  name: string;
  note?: string;
  read: (row: Accuracy["rows"][number]) => string;
  isHiddenOnPhones?: boolean;
}

function Rows({ data }: { data: Accuracy }) {
  const t = useText();
  const format = useFormat();
  const measure = useMeasure();
  const among = data.total?.mae ?? 0;
  const columns: readonly Column[] = [
    { name: t.model.forecasts, read: (row) => format.number(row.forecasts), isHiddenOnPhones: true },
    { name: t.model.errorColumn, read: (row) => measure.error(row.mae, among) },
    { name: t.model.baselineError, read: (row) => measure.error(row.baseline_mae, among) },
    {
      name: t.model.bias,
      note: t.model.biasNote,
      read: (row) => format.signed(row.bias, decimalsOf(among)),
      isHiddenOnPhones: true,
    },
    { name: t.model.coverageColumn(format.percent(80)), read: (row) => format.share(row.coverage_80) },
    {
      name: t.model.coverageColumn(format.percent(95)),
      read: (row) => format.share(row.coverage_95),
      isHiddenOnPhones: true,
    },
  ];
  const look = (column: Column) => `num ${column.isHiddenOnPhones ? "hide-s" : ""}`;
  return (
    <>
      <div className="table-wrap">
        <table className="so-far">
          <thead>
            <tr>
              <th scope="col">{t.model.ahead}</th>
              {columns.map((column) => (
                <th key={column.name} className={look(column)} scope="col">
                  {column.name}
                  {column.note && <span className="unit">{column.note}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.rows.map((row) => (
              <tr key={row.horizon_days.from}>
                <td className="strong">{measure.range(row.horizon_days.from, row.horizon_days.until ?? null)}</td>
                {columns.map((column) => (
                  <td key={column.name} className={look(column)}>
                    {column.read(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="card-body muted xs ruled">
        {t.model.versionsCompared(data.versions.map((version) => format.number(version)).join(", "))}
      </p>
    </>
  );
}
