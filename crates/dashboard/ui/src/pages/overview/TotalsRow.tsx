import type { Overview } from "../../api/overview";
import { Kpi, Kpis } from "../../components/Card";
import { UNKNOWN } from "../../format/numbers";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { ChangeDelta } from "../accounts/cells";

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
      <Kpi label={t.overview.change} value={format.signed(totals.change_28)} note={<ChangeNote totals={totals} />} />
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

function ChangeNote({ totals }: { totals: Overview["totals"] }) {
  const t = useText();
  const format = useFormat();
  const { change_28: change, previous_28: previous, change_28_accounts: accounts, with_data: withData } = totals;
  if (change === null || previous === null) return t.overview.noChange;
  return (
    <>
      <ChangeDelta change={change} previous={previous} />
      <span className="n">{t.overview.before(format.signed(previous))}</span>
      {accounts < withData && <span>{t.overview.ofAccounts(accounts)}</span>}
    </>
  );
}
