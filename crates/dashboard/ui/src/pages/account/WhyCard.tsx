import { useExplanation, type Explained, type Path, type PathRow } from "../../api/forecasts";
import { Card } from "../../components/Card";
import { Loaded, Skeleton } from "../../components/States";
import { addDays, daysBetween } from "../../format/dates";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { Shares } from "./Shares";
import { stretchOf, wholeParts, type Part } from "./explanation";

type PartKey = "trend" | "weekday" | "activity" | "covariates" | "correction";
type Explanation = NonNullable<Explained["explanation"]>;

interface Props {
  handle: string;
  path: Path;
  end: PathRow;
  nameOf: (covariate: string) => string;
}

/** The forecast at the horizon in parts, which add up to it to the follower. */
export function WhyCard({ handle, path, end, nameOf }: Props) {
  const t = useText();
  const f = useFormat();
  const query = useExplanation(handle, end.fecha);
  const held = path.coverage.find(({ level }) => level === 80);
  const date = query.data?.explanation?.fecha ?? end.fecha;
  return (
    <Card title={t.account.whyTitle} actions={<p className="n">{t.account.whyDay(f.day(date))}</p>}>
      <Loaded query={query} skeleton={<Skeleton className="skel-why" />}>
        {({ explanation, covariates }) =>
          explanation ? (
            <div className="why-grid">
              <Fall explanation={explanation} hasCovariates={covariates.length > 0} />
              <div className="stack-s">
                <Sense
                  explanation={explanation}
                  hasCovariates={covariates.length > 0}
                  firstDay={path.forecast[0]?.fecha}
                />
                <Shares covariates={covariates} nameOf={nameOf} />
                {held && <p className="small muted">{t.account.whyCoverage(f.percent(80), f.share(held.backtest))}</p>}
              </div>
            </div>
          ) : (
            <p className="small soft">{t.account.whyUnknown}</p>
          )
        }
      </Loaded>
    </Card>
  );
}

const partsOf = (one: Explanation, hasCovariates: boolean): Part<PartKey>[] =>
  wholeParts(one.last_value, [
    ["trend", one.trend],
    ["weekday", one.weekday],
    ["activity", one.activity],
    ...(hasCovariates ? ([["covariates", one.covariates]] as const) : []),
    ["correction", one.correction],
  ]);

function Fall({ explanation, hasCovariates }: { explanation: Explanation; hasCovariates: boolean }) {
  const t = useText();
  const f = useFormat();
  const parts = partsOf(explanation, hasCovariates);
  return (
    <table className="fall">
      <caption className="sr">{t.account.whyTitle}</caption>
      <tbody>
        <tr>
          <th scope="row">{t.account.lastValue}</th>
          <td aria-hidden="true" />
          <td className="amount">{f.number(Math.round(explanation.last_value))}</td>
        </tr>
        {parts.map((part) => (
          <tr key={part.key}>
            <th scope="row">{t.account.whyParts[part.key]}</th>
            <td aria-hidden="true">
              <PartBar part={part} stretch={stretchOf(parts, part.isSmall)} />
            </td>
            <td className="amount">{f.signed(part.value)}</td>
          </tr>
        ))}
        <tr className="sum">
          <th scope="row">{t.account.forecast}</th>
          <td aria-hidden="true" />
          <td className="amount">{f.number(Math.round(explanation.prediction))}</td>
        </tr>
      </tbody>
    </table>
  );
}

/** A bar from where the last one of its scale ended. Small parts have a scale of their own and are drawn open. */
function PartBar({ part, stretch: [least, greatest] }: { part: Part; stretch: [number, number] }) {
  const place = (value: number) => ((value - least) / (greatest - least)) * 100;
  const left = Math.min(place(part.start), place(part.start + part.value));
  const width = Math.abs(place(part.start + part.value) - place(part.start));
  const sign = part.value < 0 ? "f-neg" : "f-pos";
  return (
    <svg viewBox="0 0 100 20" preserveAspectRatio="none">
      <line x1={place(0)} x2={place(0)} y1="-6" y2="26" className="f-rail" vectorEffect="non-scaling-stroke" />
      {part.value !== 0 && (
        <rect
          x={left}
          y="5"
          width={Math.max(0.8, width)}
          height="10"
          className={part.isSmall ? `${sign} f-own` : sign}
          vectorEffect="non-scaling-stroke"
        />
      )}
    </svg>
  );
}

interface SenseProps {
  explanation: Explanation;
  hasCovariates: boolean;
  firstDay: string | undefined;
}

/** The picture in words. */
function Sense({ explanation, hasCovariates, firstDay }: SenseProps) {
  const t = useText();
  const f = useFormat();
  const parts = partsOf(explanation, hasCovariates);
  const most = parts.reduce((largest, part) => (Math.abs(part.value) > Math.abs(largest.value) ? part : largest));
  const size = (isSmall: boolean) => {
    const [least, greatest] = stretchOf(parts, isSmall);
    return greatest - least;
  };
  const days = firstDay ? daysBetween(addDays(firstDay, -1), explanation.fecha) : 0;
  return (
    <>
      <p className="soft">
        {t.account.whyMost(t.account.whyParts[most.key].toLowerCase())}{" "}
        {days > 0 && `${t.account.whyTrend(f.signed(explanation.trend / days, 1))} `}
        {t.account.whyAddsUp}
      </p>
      {Math.round(explanation.correction) !== 0 && <p className="small muted">{t.account.whyCorrection}</p>}
      {parts.some((part) => part.isSmall) && (
        <p className="small muted">{t.account.whyScale(f.number(size(false) / size(true)))}</p>
      )}
    </>
  );
}
