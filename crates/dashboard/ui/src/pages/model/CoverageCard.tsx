import { useAccuracy, useMetrics, type ModelInfo, type StepCoverage } from "../../api/models";
import { Card } from "../../components/Card";
import { Loaded } from "../../components/States";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { Bar } from "./Bar";
import { useMeasure } from "./useMeasure";

/** How often the intervals held, against how often they should, by how far ahead. */
export function CoverageCard({ info }: { info: ModelInfo }) {
  const t = useText();
  const metrics = useMetrics(info.account_name);
  const accuracy = useAccuracy(info.account_name);
  const sinceThen = accuracy.data?.coverage_by_step ?? [];
  return (
    <Card title={t.model.coverage} note={t.model.coverageNote}>
      <Loaded query={metrics}>
        {({ best_model: served }) => (
          <div className={sinceThen.length > 0 ? "model-pair" : ""}>
            <Steps title={t.model.inBacktest} grid={info.grid} steps={served?.coverage_by_step ?? []} />
            {sinceThen.length > 0 && <Steps title={t.model.inReality} grid="daily" steps={sinceThen} />}
          </div>
        )}
      </Loaded>
    </Card>
  );
}

function Steps({ title, steps, grid }: { title: string; steps: readonly StepCoverage[]; grid: ModelInfo["grid"] }) {
  const t = useText();
  const format = useFormat();
  const measure = useMeasure(grid);
  return (
    <section className="stack-s">
      <h3>{title}</h3>
      {steps.length === 0 ? (
        <p className="muted small">{t.model.noSteps}</p>
      ) : (
        <table className="coverage">
          <thead>
            <tr>
              <th scope="col">{t.model.ahead}</th>
              <th className="num hide-s" scope="col">
                {t.model.forecasts}
              </th>
              <th scope="col">{format.percent(80)}</th>
              <th scope="col">{format.percent(95)}</th>
            </tr>
          </thead>
          <tbody>
            {steps.map((step) => (
              <tr key={step.from}>
                <td className="nowrap">{measure.range(step.from, step.until)}</td>
                <td className="num muted hide-s">{format.number(step.points)}</td>
                <td>
                  <Held share={step.coverage_80} nominal="80" />
                </td>
                <td>
                  <Held share={step.coverage_95} nominal="95" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Held({ share, nominal }: { share: number; nominal: "80" | "95" }) {
  const format = useFormat();
  return (
    <span className="held">
      <span className={`held-track mark-${nominal}`}>
        <Bar share={share} />
      </span>
      <span className="n">{format.share(share)}</span>
    </span>
  );
}
