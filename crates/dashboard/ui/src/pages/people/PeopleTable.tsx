import { Link } from "wouter";
import type { Person } from "../../api/people";
import { Badge } from "../../components/Badge";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { useWho } from "../../session/useSession";
import { PersonState } from "./PersonState";

/** More of a person's accounts are counted, not listed. */
const MOST_LISTED = 2;

export function PeopleTable({ people }: { people: readonly Person[] }) {
  const t = useText();
  return (
    <div className="table-wrap">
      <table className="cards people">
        <caption className="sr">{t.people.title}</caption>
        <thead>
          <tr>
            <th scope="col">{t.people.person}</th>
            <th scope="col">{t.people.role}</th>
            <th scope="col">{t.people.accounts}</th>
            <th scope="col">{t.people.lastAccess}</th>
            <th scope="col">{t.people.state}</th>
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <PersonRow key={person.id_usuario} person={person} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PersonRow({ person }: { person: Person }) {
  const t = useText();
  const format = useFormat();
  const who = useWho();
  const last = person.ultimo_acceso;
  return (
    <tr className={person.activo ? undefined : "off"}>
      <td className="p-name">
        <span className="row-tight">
          <Link href={`/people/${person.id_usuario}`}>{person.username}</Link>
          {person.username === who.username && <Badge>{t.people.you}</Badge>}
        </span>
        {person.email && <span className="sub-line breakable">{person.email}</span>}
      </td>
      <td data-label={t.people.role}>{t.roles[person.rol]}</td>
      <td data-label={t.people.accounts}>
        <Accounts person={person} />
      </td>
      <td data-label={t.people.lastAccess}>
        {last ? (
          <time dateTime={last} title={format.moment(last)}>
            {format.ago(last)}
          </time>
        ) : (
          <span className="muted">{t.people.never}</span>
        )}
      </td>
      <td className="p-state">
        <PersonState person={person} />
      </td>
    </tr>
  );
}

function Accounts({ person }: { person: Person }) {
  const t = useText();
  const format = useFormat();
  const { rol, cuentas } = person;
  if (rol === "admin") return <span className="muted">{t.people.allAccounts}</span>;
  if (cuentas.length === 0) return <span className="muted">{t.people.noAccounts}</span>;
  const rest = cuentas.length - MOST_LISTED;
  return (
    <span className="breakable" title={rest > 0 ? cuentas.join(", ") : undefined}>
      {cuentas.slice(0, MOST_LISTED).join(", ")}
      {rest > 0 && <span className="muted"> {t.people.andMore(format.number(rest))}</span>}
    </span>
  );
}
