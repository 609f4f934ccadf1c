import type { Me } from "../../api/me";
import { useFormat } from "../../format/useFormat";
import type { Dictionary } from "../../i18n/es";
import { useText } from "../../i18n/text";

export function MyDetails({ me }: { me: Me }) {
  const t = useText();
  const format = useFormat();
  return (
    <dl className="fact-list">
      <dt>{t.me.username}</dt>
      <dd className="strong">{me.username}</dd>
      <dt>{t.me.role}</dt>
      <dd>{t.roles[me.rol]}</dd>
      <dt>{t.me.company}</dt>
      <dd>{me.empresa_nombre ?? t.me.noCompany}</dd>
      <dt>{t.me.accounts}</dt>
      <dd>{accountsOf(me, t)}</dd>
      <dt>{t.me.email}</dt>
      <dd>{me.email ?? <span className="muted">{t.me.noEmail}</span>}</dd>
      <dt>{t.me.lastAccess}</dt>
      <dd>{format.moment(me.ultimo_acceso)}</dd>
    </dl>
  );
}

function accountsOf({ rol, cuentas }: Me, t: Dictionary): string {
  if (rol === "superadmin") return t.me.noBusinessData;
  if (rol === "admin") return t.me.allAccounts;
  return cuentas.length > 0 ? cuentas.join(", ") : t.me.noAccounts;
}
