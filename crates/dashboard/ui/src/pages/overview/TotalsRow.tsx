import type { Overview } from "../../api/overview";
import { Delta } from "../../components/Badge";
import { Kpi, Kpis } from "../../components/Card";
import { UNKNOWN } from "../../format/numbers";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { shareOfChange } from "../accounts/growth";

/** Sums over the accounts that the reader may see. None has an interval: accounts are not independent of each other. */
export function TotalsRow({ totals }: { totals: Overview["totals"] }) {
  const t = useText();
  const format = useFormat();
  const { accounts, with_data: withData, forecast_30: forecast } = totals;
  return (
    <Kpis label={t.overview.indicators}>
      <Kpi
        label={t.overview.followers(withData)}
        value={withData === 0 ? UNKNOWN : format.number(totals.seguidores)}
        note={withData === accounts ? t.overview.followersNote : t.overview.followersOf(accounts)}
      />
      <Kpi
        label={t.overview.change}
        value={format.signed(totals.change_28)}
        note={<ChangeNote change={totals.change_28} previous={totals.previous_28} />}
      />
      <Kpi
        label={t.overview.expected}
        value={forecast && forecast.accounts > 0 ? format.signed(forecast.expected_change) : UNKNOWN}
        note={forecast && forecast.accounts > 0 ? t.overview.expectedNote(forecast.accounts) : t.overview.noExpected}
      />
      <Kpi
        label={t.overview.attentionKpi}
        value={format.number(totals.attention)}
        note={t.overview.attentionOf(accounts)}
      />
    </Kpis>
  );
}

function ChangeNote({ change, previous }: { change: number | null; previous: number | null }) {
  const t = useText();
  const format = useFormat();
  if (change === null || previous === null) return t.overview.noChange;
  const share = shareOfChange({ change, previous });
  return (
    <>
      <Delta value={change - previous}>
        {share === null ? format.signed(change - previous) : format.signedShare(share)}
      </Delta>
      <span className="n">{t.overview.before(format.signed(previous))}</span>
    </>
  );
}
