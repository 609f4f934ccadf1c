import { useLocation } from "wouter";
import type { Company } from "../../api/companies";
import { Badge } from "../../components/Badge";
import { Icon } from "../../components/Icon";
import { Menu } from "../../components/Menu";
import { dayIn, placeOf } from "../../format/dates";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";

/** What can be done with a company, each in a dialog of its own. */
export type CompanyAct = "edit" | "admin" | "suspend" | "resume";

interface Props {
  companies: readonly Company[];
  onAct: (act: CompanyAct, company: Company) => void;
}

export function CompaniesTable({ companies, onAct }: Props) {
  const t = useText();
  return (
    <div className="companies-wrap">
      <table className="cards companies">
        <caption className="sr">{t.companies.title}</caption>
        <thead>
          <tr>
            <th scope="col">{t.companies.name}</th>
            <th scope="col">{t.companies.state}</th>
            <th scope="col">{t.companies.zone}</th>
            <th scope="col">{t.companies.created}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {companies.map((company) => (
            <CompanyRow key={company.empresa_id} company={company} onAct={(act) => onAct(act, company)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CompanyRow({ company, onAct }: { company: Company; onAct: (act: CompanyAct) => void }) {
  const t = useText();
  const format = useFormat();
  return (
    <tr>
      <td className="co-name breakable strong">
        <bdi>{company.empresa_nombre}</bdi>
      </td>
      <td className="co-state">
        {company.activo ? (
          <Badge tone="ok" icon="check">
            {t.companies.active}
          </Badge>
        ) : (
          <Badge tone="warn" icon="lock">
            {t.companies.suspended}
          </Badge>
        )}
      </td>
      <td data-label={t.companies.zone} title={company.zona_horaria}>
        {placeOf(company.zona_horaria)}
      </td>
      <td data-label={t.companies.created}>
        <time className="nowrap" dateTime={company.fecha_creacion} title={format.moment(company.fecha_creacion)}>
          {format.day(dayIn(new Date(company.fecha_creacion), format.zone))}
        </time>
      </td>
      <td className="co-menu">
        <CompanyMenu company={company} onAct={onAct} />
      </td>
    </tr>
  );
}

function CompanyMenu({ company, onAct }: { company: Company; onAct: (act: CompanyAct) => void }) {
  const t = useText();
  const [, go] = useLocation();
  const item = (act: CompanyAct, text: string) => ({ text, onSelect: () => onAct(act) });
  return (
    <Menu
      className="btn btn-quiet btn-icon"
      button={
        <>
          <Icon name="dots" />
          <span className="sr">{t.companies.actions(company.empresa_nombre)}</span>
        </>
      }
      items={[
        item("admin", t.companies.addAdmin),
        item("edit", t.companies.edit),
        { text: t.companies.log, onSelect: () => go(`/audit?company=${company.empresa_id}`) },
        company.activo ? item("suspend", t.companies.suspend) : item("resume", t.companies.resume),
      ]}
    />
  );
}
