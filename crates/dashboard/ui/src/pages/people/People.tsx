import "../../styles/screen-people.css";
import type { ReactNode } from "react";
import { usePeople, type Person } from "../../api/people";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { More } from "../../components/More";
import { Empty, Loaded, Skeleton } from "../../components/States";
import { usePageTitle } from "../../components/usePageTitle";
import { useUrlState } from "../../components/useUrlState";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { DeletedPeople } from "./DeletedPeople";
import { NewPerson } from "./NewPerson";
import { PeopleTable } from "./PeopleTable";
import { PeopleTools } from "./PeopleTools";
import { passes, usePeopleFilters } from "./usePeopleFilters";

/** Who has access to the company. */
export default function People() {
  const t = useText();
  const people = usePeople();
  const [isNew, setNew] = useUrlState<"" | "1">("new", "");
  usePageTitle(t.people.title);
  return (
    <>
      <header className="page-head">
        <div className="grow">
          <h1>{t.people.title}</h1>
          <p className="sub">{t.people.lead}</p>
        </div>
        <Button look="primary" icon="plus" onClick={() => setNew("1")}>
          {t.people.add}
        </Button>
      </header>
      <Loaded query={people} skeleton={<Skeleton className="skel-people" />}>
        {(data) => (
          <PeopleCard people={data.pages.flatMap((page) => page.users)} isAll={!people.hasNextPage}>
            <More query={people} />
          </PeopleCard>
        )}
      </Loaded>
      <DeletedPeople />
      {isNew && <NewPerson onClose={() => setNew("")} />}
    </>
  );
}

interface CardProps {
  people: readonly Person[];
  isAll: boolean;
  children: ReactNode;
}

function PeopleCard({ people, isAll, children }: CardProps) {
  const t = useText();
  const format = useFormat();
  const filters = usePeopleFilters();
  const found = people.filter((person) => passes(person, filters));
  const count = t.people.shown(format.number(people.length), people.length === 1, isAll);
  const isLonely = isAll && people.length === 1;
  return (
    <Card title={count} flush actions={!isLonely && <PeopleTools filters={filters} />}>
      {!isAll && filters.isUsed && <p className="hint people-hint">{t.people.searchedOnlyShown}</p>}
      {found.length > 0 ? <PeopleTable people={found} /> : <NobodyFound />}
      {isLonely && <Empty title={t.people.onlyYou}>{t.people.onlyYouNext}</Empty>}
      {children}
    </Card>
  );
}

function NobodyFound() {
  const t = useText();
  const { setQuery, setRole, setState } = usePeopleFilters();
  const clear = () => {
    setQuery("");
    setRole("");
    setState("");
  };
  return (
    <Empty title={t.people.nobodyFound}>
      <Button small onClick={clear}>
        {t.people.clearSearch}
      </Button>
    </Empty>
  );
}
