import type { Explained } from "../../api/forecasts";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";

interface Props {
  covariates: Explained["covariates"];
  nameOf: (covariate: string) => string;
}

/** What each covariate adds until then, and from when on that is assumed. */
export function Shares({ covariates, nameOf }: Props) {
  const t = useText();
  const f = useFormat();
  return covariates.map(({ covariate, effect, margin, assumed_from }) => (
    <p key={covariate} className="small">
      <bdi className="strong">{nameOf(covariate)}</bdi>: {t.account.whyShare(f.signed(effect), f.number(margin))}
      {assumed_from && <span className="muted"> {t.account.whyAssumed(f.day(assumed_from))}</span>}
    </p>
  ));
}
