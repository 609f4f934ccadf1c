import type { ModelResult } from "../../api/models";
import { Badge } from "../../components/Badge";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { Bar } from "./Bar";
import { MORE_MEASURES } from "./measures";
import { useMeasure } from "./useMeasure";
import { decimalsOf, gainOver } from "./verdict";

interface Props {
  row: ModelResult;
  rank: number;
  baseline: ModelResult | null;
  /** The error that fills the bar. */
  largest: number;
  isServed: boolean;
  isWide: boolean;
}

export function ComparisonRow({ row, rank, baseline, largest, isServed, isWide }: Props) {
  const t = useText();
  const format = useFormat();
  const measure = useMeasure();
  // On a phone the cards have the measures that decide; the wide table scrolls and has all.
  const less = isWide ? "num" : "num hide-s";
  const decimals = decimalsOf(baseline?.mae ?? row.mae);
  const gain = baseline && row.model_id !== baseline.model_id ? gainOver(baseline.mae, row.mae) : null;
  return (
    <tr className={isServed ? "is-served" : ""}>
      <td className="num muted c-rank">{format.number(rank)}</td>
      <td className="c-title">
        <span className="row-tight wrap-line">
          <span className="strong">{t.modelNames[row.model_id]}</span>
          {isServed && (
            <Badge tone="acc" icon="check">
              {t.model.inUse}
            </Badge>
          )}
          {row.is_baseline && <Badge icon="base">{t.model.reference}</Badge>}
        </span>
        {!isWide && <span className="sub-line wraps">{t.modelWhat[row.model_id]}</span>}
      </td>
      <td className="num strong" data-label={t.model.errorColumn}>
        <span>
          {"±"}
          {format.number(row.mae, decimals)}
          <Bar share={largest > 0 ? row.mae / largest : 0} className={row.is_baseline ? "bar-base" : ""} />
        </span>
      </td>
      <td className="num c-against" data-label={t.model.gainColumn}>
        {gain === null ? (
          <span className="muted">–</span>
        ) : (
          <span className={gain > 0 ? "strong" : "muted"}>{measure.against(gain)}</span>
        )}
      </td>
      <td className={less}>{format.share(row.coverage_80)}</td>
      <td className={less}>{format.share(row.coverage_95)}</td>
      <td className={less}>
        {row.model_id === "combination" ? (
          <span className="muted">–</span>
        ) : (
          <span className={row.weight > 0 ? "" : "muted"}>{format.share(row.weight)}</span>
        )}
      </td>
      {isWide &&
        MORE_MEASURES.map(({ key, read }) => (
          <td key={key} className="num">
            {read(row, format)}
          </td>
        ))}
    </tr>
  );
}
