import { Link } from "wouter";
import { ANOMALY_LEVEL } from "../../api/limits";
import type { OverviewRow } from "../../api/overview";
import { Badge } from "../../components/Badge";
import { IconButton } from "../../components/Button";
import { platformName } from "../../format/platform";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { accountPath } from "../../shell/navigation";
import { Change, DataAge, Followers, Forecast, ModelState } from "./cells";
import { Sparkline } from "./Sparkline";

/** The level of the intervals that the overview gives. */
export const LEVEL = 80;

interface Props {
  row: OverviewRow;
  /** Changes the account; absent for those who may not. */
  onEdit: (() => void) | undefined;
}

/** The roles are written out, because a phone shows the row as a card, and browsers then forget what it is. */
export function AccountRow({ row, onEdit }: Props) {
  const t = useText();
  const format = useFormat();
  const about = [row.nombre !== row.cuenta && row.nombre, platformName(row.plataforma)].filter((word) => word);
  return (
    <tr role="row">
      <td role="cell" className="c-name">
        <Link className="acc-name" href={accountPath(row.cuenta)}>
          {row.cuenta}
        </Link>
        <span className="sub-line" title={about.join(" · ")}>
          {about.map((word, at) => (
            <bdi key={at}>{word}</bdi>
          ))}
        </span>
      </td>
      <td role="cell" className="num n c-now">
        <Followers row={row} />
      </td>
      <td role="cell" className="c-spark">
        <Sparkline row={row} />
      </td>
      <td role="cell" className="num c-7" data-label={t.accounts.change(7)}>
        <Change change={row.change_7} />
      </td>
      <td role="cell" className="num c-28" data-label={t.accounts.change(28)}>
        <Change change={row.change_28} />
      </td>
      <td role="cell" className="num c-fc" data-label={t.accounts.forecastLabel(format.percent(LEVEL))}>
        <Forecast row={row} />
      </td>
      <td role="cell" className="c-age">
        {row.data_until !== null && <span className="muted age-label">{t.accounts.data} </span>}
        <DataAge row={row} />
      </td>
      <td role="cell" className="c-model">
        <ModelState model={row.model} />
        {row.attention.some(({ code }) => code === "OUTSIDE_INTERVAL") && (
          <Badge tone="warn" icon="alert" title={t.account.outside(format.percent(ANOMALY_LEVEL))}>
            {t.accounts.outside}
          </Badge>
        )}
      </td>
      {onEdit && (
        <td role="cell" className="c-edit">
          <IconButton label={t.accounts.edit(row.cuenta)} icon="edit" small onClick={onEdit} />
        </td>
      )}
    </tr>
  );
}
