import { Link } from "wouter";
import { useOverview, type Attention, type Overview, type OverviewRow } from "../../api/overview";
import { Badge } from "../../components/Badge";
import { Card } from "../../components/Card";
import { Icon, type IconName } from "../../components/Icon";
import { Empty, Loaded, Skeleton } from "../../components/States";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import type { Dictionary } from "../../i18n/es";
import { may, type Role } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { accountPath } from "../../shell/navigation";
import { useAttentionText } from "./useAttentionText";

const SHOWN = 5;

/** What needs a person, the most urgent first: what it is, and the one thing to do. */
export function AttentionCard({ totals }: { totals: Overview["totals"] | undefined }) {
  const t = useText();
  const format = useFormat();
  const query = useOverview({ attention: "any", sort: "attention", order: "desc", limit: SHOWN });
  const count = totals?.attention ?? 0;
  const badge = count > 0 && totals && (
    <Badge>
      {format.number(count)} {t.overview.attentionOf(totals.accounts)}
    </Badge>
  );
  return (
    <Card title={t.overview.attention} actions={badge} className="first" flush>
      <Loaded query={query} skeleton={<Skeleton className="skel-attention" />}>
        {({ accounts }) =>
          accounts.length === 0 ? (
            <Empty title={t.overview.calm}>
              <p className="small muted">{t.overview.calmNote}</p>
            </Empty>
          ) : (
            <>
              <ul className="attn">
                {accounts.map((row) => row.attention[0] && <Item key={row.cuenta} row={row} item={row.attention[0]} />)}
              </ul>
              {count > accounts.length && (
                <p className="attn-all small">
                  <Link href="/accounts?attention=any&sort=-attention">{t.overview.allAttention(count)}</Link>
                </p>
              )}
            </>
          )
        }
      </Loaded>
    </Card>
  );
}

const LOOKS: Record<Attention["code"], { tone: string; icon: IconName }> = {
  OUTSIDE_INTERVAL: { tone: "t-warn", icon: "alert" },
  DATA_STALE: { tone: "t-warn", icon: "clock" },
  BASELINE_SERVES: { tone: "t-warn", icon: "base" },
  MODEL_UNTRAINED: { tone: "t-info", icon: "train" },
};

function Item({ row, item }: { row: OverviewRow; item: Attention }) {
  const t = useText();
  const { rol } = useWho();
  const { tone, icon } = LOOKS[item.code];
  const what = useAttentionText()(item);
  const { href, text } = actionOf(t, rol, row.cuenta, item);
  return (
    <li>
      <span className={tone}>
        <Icon name={icon} />
      </span>
      <p>
        <span className="strong">{row.cuenta}</span> {what}
      </p>
      <span className="do">
        <Link href={href}>
          {text}
          <span className="sr">: {row.cuenta}</span>
        </Link>
      </span>
    </li>
  );
}

/** The one thing to do; whoever may not do it sees the account. */
function actionOf(
  t: Dictionary,
  rol: Role,
  handle: string,
  { code, fecha }: Attention,
): { href: string; text: string } {
  if (code === "OUTSIDE_INTERVAL")
    return { href: accountPath(handle) + (fecha ? `?day=${fecha}` : ""), text: t.overview.seeDay };
  if (code === "BASELINE_SERVES") return { href: accountPath(handle, "model"), text: t.overview.compare };
  if (code === "DATA_STALE" && may(rol, "write-data"))
    return { href: accountPath(handle, "data"), text: t.overview.upload };
  if (code === "MODEL_UNTRAINED" && may(rol, "manage"))
    return { href: accountPath(handle, "model"), text: t.overview.train };
  return { href: accountPath(handle), text: t.overview.see };
}
