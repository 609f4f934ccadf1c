import { useBacktest, type ModelInfo } from "../../api/models";
import { Card } from "../../components/Card";
import { Segmented } from "../../components/Segmented";
import { Empty, Loaded, Skeleton } from "../../components/States";
import { useUrlState } from "../../components/useUrlState";
import { dayIn } from "../../format/dates";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { ResidualChart } from "./ResidualChart";
import { residuals, type Residuals } from "./residuals";
import { ResidualTable } from "./ResidualTable";
import { useMeasure } from "./useMeasure";

/** The backtest reaches back about this far: up to 16 origins, a week apart. */
const DAYS = 126;

export function BacktestCard({ info }: { info: ModelInfo }) {
  const t = useText();
  const { daysZone } = useFormat();
  const [view, setView] = useUrlState<"chart" | "table">("view", "chart");
  const backtest = useBacktest(info.account_name, dayIn(new Date(info.data_until), daysZone), DAYS);
  return (
    <Card
      title={t.model.backtest}
      note={t.model.backtestNote}
      actions={
        <Segmented
          label={t.model.viewLabel}
          value={view}
          onChange={setView}
          options={[
            { value: "chart", text: t.model.chartView },
            { value: "table", text: t.model.tableView },
          ]}
        />
      }
      flush={view === "table"}
    >
      <Loaded query={backtest} skeleton={<Skeleton className="skel-model" />}>
        {(past) => {
          const data = residuals(past);
          if (!data) return <Empty title={t.model.noBacktest} />;
          return (
            <>
              <Sum data={data} isInset={view === "table"} />
              {view === "table" ? <ResidualTable data={data} /> : <ChartWithLegend data={data} />}
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

function Sum({ data, isInset }: { data: Residuals; isInset: boolean }) {
  const { model } = useText();
  const format = useFormat();
  const measure = useMeasure();
  return (
    <p className={isInset ? "card-body pad-bottom-s" : "model-reading"}>
      {model.backtestSum(
        format.number(data.inside),
        format.number(data.days.length),
        measure.error(data.mae),
        measure.error(data.baselineMae, data.mae),
      )}
    </p>
  );
}

function ChartWithLegend({ data }: { data: Residuals }) {
  const { model } = useText();
  return (
    <>
      <p className="residual-key small muted">
        <span>
          <svg width="20" height="12" aria-hidden="true">
            <rect className="k-b80" width="20" height="12" />
          </svg>
          {model.band80}
        </span>
        <span>
          <svg width="10" height="12" aria-hidden="true">
            <circle className="in" cx="5" cy="6" r="2.5" />
          </svg>
          {model.insidePoint}
        </span>
        <span>
          <svg width="10" height="12" aria-hidden="true">
            <circle className="out" cx="5" cy="6" r="4" />
          </svg>
          {model.outsidePoint}
        </span>
        <span>{model.differenceAxis}</span>
      </p>
      <ResidualChart data={data} />
    </>
  );
}
