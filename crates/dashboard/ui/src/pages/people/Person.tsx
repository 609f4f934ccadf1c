import "../../styles/screen-people.css";
import { Link, useParams } from "wouter";
import { usePerson, type Person as PersonData } from "../../api/people";
import { Icon } from "../../components/Icon";
import { Badge } from "../../components/Badge";
import { Loaded, Skeleton } from "../../components/States";
import { usePageTitle } from "../../components/usePageTitle";
import { useText } from "../../i18n/text";
import { NotFound } from "../../shell/NotFound";
import { PersonAccess } from "./PersonAccess";
import { PersonAccounts } from "./PersonAccounts";
import { PersonDetails } from "./PersonDetails";
import { PersonSessions } from "./PersonSessions";
import { PersonState } from "./PersonState";

/** One person: role, accounts, access and sessions. */
export default function Person() {
  const { id } = useParams<{ id: string }>();
  return /^[1-9]\d{0,15}$/.test(id) ? <PersonOf key={id} id={Number(id)} /> : <NotFound />;
}

function PersonOf({ id }: { id: number }) {
  const t = useText();
  const person = usePerson(id);
  usePageTitle(person.data?.username ?? t.people.title);
  return (
    <>
      <header className="page-head">
        <div className="grow">
          <nav className="crumb" aria-label={t.people.title}>
            <Icon name="left" small />
            <Link href="/people">{t.people.title}</Link>
          </nav>
          <h1>{person.data?.username ?? t.people.person}</h1>
          {person.data && (
            <p className="row person-badges">
              <Badge icon="user">{t.roles[person.data.rol]}</Badge>
              <PersonState person={person.data} />
            </p>
          )}
        </div>
      </header>
      <Loaded query={person} skeleton={<Skeleton className="skel-page" />}>
        {(data) => <Cards person={data} />}
      </Loaded>
    </>
  );
}

function Cards({ person }: { person: PersonData }) {
  return (
    <div className="person-grid">
      <div className="stack-l">
        <PersonDetails person={person} />
        <PersonAccounts person={person} />
      </div>
      <div className="stack-l">
        <PersonAccess person={person} />
        <PersonSessions person={person} />
      </div>
    </div>
  );
}
