import { useCompanies } from "../../api/companies";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { DateField } from "../../components/DateField";
import { Select } from "../../components/Field";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { CommittedField } from "./CommittedField";
import type { AuditFilters } from "./useAuditFilters";

export function AuditFiltersCard({ filters }: { filters: AuditFilters }) {
  const t = useText();
  const who = useWho();
  const { values, set, query } = filters;
  const days = { from: query.from ?? "", to: query.to ?? "" };
  const words = (texts: Record<string, string>) => Object.entries(texts).map(([value, text]) => ({ value, text }));
  return (
    <Card
      title={t.audit.filters}
      actions={
        filters.isUsed && (
          <Button small icon="x" onClick={filters.clear}>
            {t.audit.clear}
          </Button>
        )
      }
    >
      <div className="audit-filters" role="search">
        {may(who.rol, "platform") && <CompanyChoice value={values.company} onChange={set.company} />}
        <DateField label={t.audit.from} value={days.from} max={days.to || undefined} onChange={set.from} />
        <DateField label={t.audit.to} value={days.to} min={days.from || undefined} onChange={set.to} />
        <Select
          label={t.audit.action}
          value={values.action}
          onChange={set.action}
          options={[{ value: "", text: t.audit.anyAction }, ...words(t.audit.actions)]}
        />
        <Select
          label={t.audit.outcome}
          value={values.outcome}
          onChange={set.outcome}
          options={[{ value: "", text: t.audit.anyOutcome }, ...words(t.audit.outcomes)]}
        />
        <CommittedField
          label={t.audit.actor}
          placeholder={t.audit.actorHint}
          value={values.actor}
          onCommit={set.actor}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        <CommittedField
          label={t.audit.target}
          placeholder={t.audit.targetHint}
          value={values.target}
          onCommit={set.target}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
      </div>
    </Card>
  );
}

/** Whose log it is, for a superadmin: the platform's own, or that of one company. */
function CompanyChoice({ value, onChange }: { value: string; onChange: (company: string) => void }) {
  const t = useText();
  const companies = useCompanies();
  const all = companies.data?.pages.flatMap((page) => page.companies) ?? [];
  return (
    <Select
      label={t.audit.log}
      value={value}
      onChange={onChange}
      options={[
        { value: "", text: t.audit.platformLog },
        ...all.map((company) => ({ value: String(company.empresa_id), text: company.empresa_nombre })),
      ]}
    />
  );
}
