import { Link } from "wouter";
import type { AccountOverview } from "../../api/models";
import { lastDataDay } from "../../api/overview";
import { Badge, type Tone } from "../../components/Badge";
import type { IconName } from "../../components/Icon";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { accountPath } from "../../shell/navigation";
import { TrainButton } from "../model/TrainButton";

type State = AccountOverview["model"]["state"];

const LOOKS: Record<State, { tone: Tone; icon: IconName }> = {
  current: { tone: "ok", icon: "check" },
  stale: { tone: "warn", icon: "clock" },
  baseline: { tone: "neutral", icon: "base" },
  untrained: { tone: "neutral", icon: "train" },
};

export function ModelAccountRow({ account, mayTrain }: { account: AccountOverview; mayTrain: boolean }) {
  const t = useText();
  const format = useFormat();
  const { cuenta, nombre, model, days_needed: needed } = account;
  return (
    <tr>
      <td className="c-title">
        <Link className="strong model-name" href={accountPath(cuenta, "model")} aria-label={t.models.open(cuenta)}>
          {cuenta}
        </Link>
        {nombre !== cuenta && <span className="sub-line wraps">{nombre}</span>}
      </td>
      <td data-label={t.models.state}>
        <span>
          <Badge {...LOOKS[model.state]}>{t.models.states[model.state]}</Badge>
          <span className="sub-line">
            {model.version
              ? t.models.trainedVersion(format.number(model.version))
              : needed
                ? needed === 1
                  ? t.models.missingOne
                  : t.models.missing(format.number(needed))
                : null}
          </span>
        </span>
      </td>
      <td data-label={t.models.trained}>
        {model.trained_at ? (
          <time dateTime={model.trained_at} title={format.moment(model.trained_at)}>
            {format.ago(model.trained_at)}
          </time>
        ) : (
          <span className="muted">{t.models.never}</span>
        )}
      </td>
      <td data-label={t.models.data}>
        {account.data_until ? (
          format.day(lastDataDay(account, account.data_until, format.zone))
        ) : (
          <span className="muted">{t.models.noData}</span>
        )}
      </td>
      {mayTrain && <td className="c-do">{!needed && <TrainButton handle={cuenta} small />}</td>}
    </tr>
  );
}
