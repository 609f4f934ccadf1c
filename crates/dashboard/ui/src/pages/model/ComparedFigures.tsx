import type { ReactNode } from "react";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import type { Side } from "./CompareVersions";
import { useMeasure } from "./useMeasure";
import { decimalsOf } from "./verdict";

interface Row {
  name: string;
  before: ReactNode;
  after: ReactNode;
  change?: ReactNode;
}

export function ComparedFigures({ older, newer }: { older: Side; newer: Side }) {
  const t = useText();
  const format = useFormat();
  const rows = useRows(older, newer);
  return (
    <div className="table-wrap">
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">{t.model.what}</th>
            <th className="num" scope="col">
              {t.model.versionName(format.number(older.info.model_version))}
            </th>
            <th className="num" scope="col">
              {t.model.versionName(format.number(newer.info.model_version))}
            </th>
            <th className="num" scope="col">
              {t.model.change}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <td className="muted">{row.name}</td>
              <td className="num strong">{row.before}</td>
              <td className="num strong">{row.after}</td>
              <td className="num nowrap">{row.change ?? <span className="muted">–</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function useRows(older: Side, newer: Side): Row[] {
  const t = useText();
  const format = useFormat();
  const measure = useMeasure();
  const both = <T,>(read: (side: Side) => T): [T, T] => [read(older), read(newer)];
  const served = both((side) => side.metrics.best_model ?? null);
  const count = both((side) => side.info.members.length);
  const rows: Row[] = [
    row(
      t.model.dataTo,
      both((side) => format.dataDay(side.info.data_until)),
    ),
    row(
      t.model.heaviest,
      both((side) => t.modelNames[side.info.model_id]),
    ),
    row(
      t.model.memberCount,
      both((side) => format.number(side.info.members.length)),
      difference(count, 0),
    ),
    row(
      t.model.gridLabel,
      both((side) => t.model.grid[side.info.grid]),
    ),
  ];
  const [before, after] = served;
  if (!before || !after) return rows;
  const smallest = Math.min(before.mae, after.mae);
  rows.unshift(
    row(
      t.model.errorColumn,
      both((side) => measure.error(side.metrics.best_model?.mae ?? 0, smallest)),
      format.signed(after.mae - before.mae, decimalsOf(smallest)),
    ),
    coverage("80", before.coverage_80, after.coverage_80),
    coverage("95", before.coverage_95, after.coverage_95),
  );
  return rows;

  function row(name: string, [a, b]: [ReactNode, ReactNode], change?: ReactNode): Row {
    return { name, before: a, after: b, change };
  }
  function difference([a, b]: [number, number], decimals: number): ReactNode {
    return a === b ? undefined : format.signed(b - a, decimals);
  }
  function coverage(level: "80" | "95", a: number, b: number): Row {
    const change = t.model.points(format.signed((b - a) * 100));
    return row(t.model.held(format.percent(Number(level))), [format.share(a), format.share(b)], change);
  }
}
