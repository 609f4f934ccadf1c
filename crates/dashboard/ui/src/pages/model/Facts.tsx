import type { ReactNode } from "react";
import type { ModelInfo } from "../../api/models";
import { Card } from "../../components/Card";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { useAsker } from "./useAsker";

/** When, by whom and from what the version was made. */
export function Facts({ info, samples }: { info: ModelInfo; samples: number | null }) {
  const t = useText();
  const format = useFormat();
  const asker = useAsker();
  return (
    <Card title={t.model.facts}>
      <dl className="model-facts">
        <Fact name={t.model.version}>{format.number(info.model_version)}</Fact>
        <Fact name={t.model.trained}>{format.moment(info.trained_at)}</Fact>
        <Fact name={t.model.trainedBy}>{asker(info.trained_by)}</Fact>
        <Fact name={t.model.dataFrom}>{format.dataDay(info.data_from)}</Fact>
        <Fact name={t.model.dataTo}>{format.dataDay(info.data_until)}</Fact>
        <Fact name={t.model.forecastsUntil}>{format.day(info.forecasts_until)}</Fact>
        <Fact name={t.model.gridLabel}>
          {t.model.grid[info.grid]}, {t.model.gridAsked[info.grid_asked]}
        </Fact>
      </dl>
      <Technical info={info} samples={samples} />
    </Card>
  );
}

function Technical({ info, samples }: { info: ModelInfo; samples: number | null }) {
  const t = useText();
  const format = useFormat();
  const settings = Object.entries(info.hyperparameters);
  return (
    <details className="unfold">
      <summary>{t.model.technical}</summary>
      <dl className="model-facts">
        <Fact name={t.model.modelId}>
          <code>{info.model_id}</code>
        </Fact>
        <Fact name={t.model.samples}>{format.number(samples)}</Fact>
        <Fact name={t.model.size}>{format.bytes(info.size_bytes)}</Fact>
        <Fact name={t.model.checksum}>
          <code className="breakable">{info.checksum}</code>
        </Fact>
      </dl>
      {settings.length > 0 && (
        <>
          <h3>{t.model.settings}</h3>
          <dl className="model-facts">
            {settings.map(([name, value]) => (
              <Fact key={name} name={<code className="breakable">{name}</code>}>
                <code>{value}</code>
              </Fact>
            ))}
          </dl>
        </>
      )}
    </details>
  );
}

function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
