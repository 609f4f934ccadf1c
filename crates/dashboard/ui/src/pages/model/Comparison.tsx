import { useComparison, useMetrics, type Compared, type Metrics, type ModelInfo } from "../../api/models";
import { Note } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Loaded, Skeleton } from "../../components/States";
import { useUrlState } from "../../components/useUrlState";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { ComparisonRow } from "./ComparisonRow";
import { CovariatesFound } from "./CovariatesFound";
import { MORE_MEASURES } from "./measures";
import { useMeasure } from "./useMeasure";
import { againstBaseline } from "./verdict";

/** Every model that was compared, ranked, and why the one that serves was chosen. */
export function Comparison({ handle, info }: { handle: string; info: ModelInfo }) {
  const metrics = useMetrics(handle);
  const comparison = useComparison(handle).data;
  return (
    <>
      <Loaded query={metrics} skeleton={<Skeleton className="skel-page" />}>
        {(data) => <Ranking metrics={data} info={info} />}
      </Loaded>
      {comparison && <FailedModels failed={comparison.failed_models} />}
      {comparison && comparison.covariates.length > 0 && <CovariatesFound comparison={comparison} />}
    </>
  );
}

function Ranking({ metrics, info }: { metrics: Metrics; info: ModelInfo }) {
  const t = useText();
  const format = useFormat();
  const measure = useMeasure(info.grid);
  const [measures, setMeasures] = useUrlState<"few" | "all">("measures", "few");
  const verdict = againstBaseline(metrics);
  const isWide = measures === "all";
  const count = format.number(metrics.all_results.length);
  const why = verdict?.servesBaseline
    ? t.model.whyBaseline
    : info.members.length > 1
      ? metrics.all_results[0]?.model_id === "combination"
        ? t.model.whyCombinationFirst
        : t.model.whyCombination
      : t.model.whyOne;
  return (
    <Card
      title={t.model.ranking}
      note={verdict?.steps ? t.model.rankingNote(count, measure.steps(verdict.steps)) : t.model.rankingNoteShort(count)}
      actions={
        <Button small icon="table" aria-pressed={isWide} onClick={() => setMeasures(isWide ? "few" : "all")}>
          {isWide ? t.model.fewerMeasures : t.model.moreMeasures}
        </Button>
      }
      flush
    >
      <div className="card-body pad-bottom-s">
        <Note>{why}</Note>
      </div>
      <div className="table-wrap">
        <table className={`ranking ${isWide ? "" : "model-cards"}`}>
          <RankingHead isWide={isWide} />
          <tbody>
            {metrics.all_results.map((row, at) => (
              <ComparisonRow
                key={row.model_id}
                row={row}
                rank={at + 1}
                baseline={verdict?.baseline ?? null}
                largest={largestShown(metrics)}
                isServed={info.members.length > 1 ? row.model_id === "combination" : row.model_id === info.model_id}
                isWide={isWide}
              />
            ))}
          </tbody>
        </table>
      </div>
      <Explained isWide={isWide} />
    </Card>
  );
}

/** Bars are compared with the worst model, but one that is hopeless does not flatten the others. */
function largestShown(metrics: Metrics): number {
  const errors = metrics.all_results.map((row) => row.mae).sort((a, b) => a - b);
  const median = errors[Math.floor(errors.length / 2)] ?? 0;
  return Math.min(errors.at(-1) ?? 0, 2 * median);
}

function RankingHead({ isWide }: { isWide: boolean }) {
  const t = useText();
  const format = useFormat();
  return (
    <thead>
      <tr>
        <th className="num" scope="col">
          <span className="sr">{t.model.rankColumn}</span>#
        </th>
        <th scope="col">{t.model.modelColumn}</th>
        <th className="num" scope="col">
          {t.model.errorColumn}
          <span className="unit">{t.model.errorUnit}</span>
        </th>
        <th className="num" scope="col">
          {t.model.gainColumn}
        </th>
        <th className="num" scope="col">
          {t.model.coverageColumn(format.percent(80))}
        </th>
        <th className="num" scope="col">
          {t.model.coverageColumn(format.percent(95))}
        </th>
        <th className="num" scope="col">
          {t.model.weightColumn}
        </th>
        {isWide &&
          MORE_MEASURES.map(({ key }) => (
            <th key={key} className="num" scope="col">
              {t.model.measures[key].short}
            </th>
          ))}
      </tr>
    </thead>
  );
}

function Explained({ isWide }: { isWide: boolean }) {
  const { model } = useText();
  const keys = ["mae", "gain", "coverage", ...(isWide ? MORE_MEASURES.map(({ key }) => key) : [])] as const;
  return (
    <details className="unfold card-body ruled">
      <summary>{model.measuresExplained}</summary>
      <dl className="explained">
        {keys.map((key) => (
          <div key={key}>
            <dt className="strong">{model.measures[key].short}</dt>
            <dd>{model.measures[key].long}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function FailedModels({ failed }: { failed: Compared["failed_models"] }) {
  const t = useText();
  if (failed.length === 0) return null;
  return (
    <Card title={t.model.failedModels}>
      <dl className="dated">
        {failed.map(({ model_id, reason }) => (
          <div key={model_id}>
            <dt>{t.modelNames[model_id]}</dt>
            <dd>{reason}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
