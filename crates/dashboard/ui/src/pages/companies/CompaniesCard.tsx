import { useCompanies, type Company } from "../../api/companies";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { More } from "../../components/More";
import { Empty, Loaded, Skeleton } from "../../components/States";
import { useUrlState } from "../../components/useUrlState";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { NewPerson } from "../people/NewPerson";
import { CompaniesTable, type CompanyAct } from "./CompaniesTable";
import { EditCompany, NewCompany } from "./CompanyForm";
import { ResumeCompany, SuspendCompany } from "./CompanySwitch";

/** The companies of the platform, with what can be done with each. Which dialog is open is in the address. */
export function CompaniesCard() {
  const t = useText();
  const format = useFormat();
  const companies = useCompanies();
  const [isNew, setNew] = useUrlState<"" | "1">("new", "");
  const [act, setAct] = useUrlState<CompanyAct | "">("act", "");
  const [id, setId] = useUrlState<string>("company", "");
  const all = companies.data?.pages.flatMap((page) => page.companies) ?? [];
  const chosen = all.find((company) => String(company.empresa_id) === id);
  const open = (next: CompanyAct | "", company: Company | null) => {
    setAct(next);
    setId(company ? String(company.empresa_id) : "");
  };
  const count = t.companies.count(format.number(all.length), all.length === 1, !companies.hasNextPage);
  return (
    <>
      <Card
        title={companies.data ? count : t.companies.list}
        flush
        actions={
          <Button look="primary" icon="plus" onClick={() => setNew("1")}>
            {t.companies.add}
          </Button>
        }
      >
        <Loaded query={companies} skeleton={<Skeleton className="skel-companies" />}>
          {() =>
            all.length > 0 ? (
              <CompaniesTable companies={all} onAct={open} />
            ) : (
              <Empty title={t.companies.none}>{t.companies.noneNext}</Empty>
            )
          }
        </Loaded>
        <More query={companies} />
      </Card>
      {isNew && (
        <NewCompany
          onClose={(created) => {
            setNew("");
            if (created) open("admin", created);
          }}
        />
      )}
      {chosen && <ActDialog act={act} company={chosen} onClose={() => open("", null)} />}
    </>
  );
}

interface ActProps {
  act: CompanyAct | "";
  company: Company;
  onClose: () => void;
}

function ActDialog({ act, company, onClose }: ActProps) {
  if (act === "admin") return <NewPerson company={company} onClose={onClose} />;
  if (act === "edit") return <EditCompany company={company} onClose={onClose} />;
  if (act === "suspend") return <SuspendCompany company={company} onClose={onClose} />;
  if (act === "resume") return <ResumeCompany company={company} onClose={onClose} />;
  return null;
}
