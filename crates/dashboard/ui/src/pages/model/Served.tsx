import { useMetrics, type Metrics, type ModelInfo } from "../../api/models";
import { Note } from "../../components/Badge";
import { Card, Kpi, Kpis } from "../../components/Card";
import { Loaded, Skeleton } from "../../components/States";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { Facts } from "./Facts";
import { Members } from "./Members";
import { Oddities } from "./Oddities";
import { useMeasure } from "./useMeasure";
import { againstBaseline } from "./verdict";

/** They say how it is, and ask for nothing. That a baseline serves is said in the sentence above. */
const PLAIN: readonly ModelInfo["warnings"][number][] = ["CAPPED_HISTORY", "HOURLY_GRID"];

/** What answers for the account, how good it is, and what it is made of. */
export function Served({ info }: { info: ModelInfo }) {
  const metrics = useMetrics(info.account_name);
  return (
    <>
      <Loaded query={metrics} skeleton={<Skeleton className="skel-served" />}>
        {(data) => <Verdict metrics={data} info={info} />}
      </Loaded>
      {info.warning_texts
        .filter(({ code }) => code !== "BASELINE_SERVES")
        .map(({ code, message }) => (
          <Note key={code} {...(PLAIN.includes(code) ? {} : { tone: "warn", icon: "alert" })}>
            {message}
          </Note>
        ))}
      <div className="model-pair">
        <Members members={info.members} />
        <Facts info={info} samples={metrics.data?.training_samples ?? null} />
      </div>
      <Oddities info={info} />
    </>
  );
}

function Verdict({ metrics, info }: { metrics: Metrics; info: ModelInfo }) {
  const t = useText();
  const format = useFormat();
  const measure = useMeasure(info.grid);
  const verdict = againstBaseline(metrics);
  const served = metrics.best_model;
  if (!verdict || !served) return null;
  const { gain, baseline } = verdict;
  return (
    <>
      <Kpis label={t.model.figures}>
        <Kpi label={t.model.typicalError} value={measure.error(verdict.mae)} note={t.model.typicalErrorNote} />
        <Kpi
          label={t.model.againstBaseline}
          value={gain === null ? "–" : measure.against(gain)}
          note={baseline && t.model.againstBaselineNote(t.modelNames[baseline.model_id])}
        />
        <Kpi
          label={t.model.held(format.percent(80))}
          value={format.share(served.coverage_80)}
          note={t.model.heldNote(format.percent(80))}
        />
        <Kpi
          label={t.model.testsMade}
          value={format.number(metrics.test_samples)}
          note={t.model.testsNote(format.number(metrics.origins))}
        />
      </Kpis>
      <Card title={t.model.whatServes}>
        <div className="stack-s model-reading">
          <p className="model-lead">
            <WhatServes info={info} servesBaseline={verdict.servesBaseline} />
          </p>
          <p>
            {verdict.steps === null
              ? t.model.errorSentenceShort(measure.error(verdict.mae))
              : t.model.errorSentence(measure.error(verdict.mae), measure.steps(verdict.steps))}{" "}
            <AgainstBaseline metrics={metrics} info={info} />
          </p>
          <p className="muted small">{t.model.referenceWord}</p>
        </div>
      </Card>
    </>
  );
}

function WhatServes({ info, servesBaseline }: { info: ModelInfo; servesBaseline: boolean }) {
  const { model, modelNames } = useText();
  const format = useFormat();
  const name = modelNames[info.model_id];
  const [first] = info.members;
  if (info.members.length === 1 || !first) return servesBaseline ? model.servesBaseline(name) : model.servesOne(name);
  if (servesBaseline) return model.servesCautious(name);
  return model.servesCombination(format.number(info.members.length), name, format.share(first.weight));
}

function AgainstBaseline({ metrics, info }: { metrics: Metrics; info: ModelInfo }) {
  const { model, modelNames } = useText();
  const format = useFormat();
  const measure = useMeasure(info.grid);
  const verdict = againstBaseline(metrics);
  if (!verdict?.baseline || verdict.gain === null) return null;
  const { gain, baseline, mae } = verdict;
  const name = modelNames[baseline.model_id];
  const error = measure.error(baseline.mae, mae);
  const share = format.share(Math.abs(gain));
  if (share === format.share(0)) return model.same(name, error);
  return gain > 0 ? model.better(name, error, share) : model.worse(name, error, share);
}
