import type { Person } from "../../api/people";
import { useUrlState } from "../../components/useUrlState";
import { plainText } from "../../format/plainText";

export type RoleFilter = "" | "admin" | "user" | "viewer";
export type StateFilter = "" | "active" | "disabled" | "temporary";

/** What the list is narrowed by; in the address, so that a colleague sees the same. */
export function usePeopleFilters() {
  const [query, setQuery] = useUrlState<string>("q", "");
  const [role, setRole] = useUrlState<RoleFilter>("role", "");
  const [state, setState] = useUrlState<StateFilter>("state", "");
  return { query, setQuery, role, setRole, state, setState, isUsed: query !== "" || role !== "" || state !== "" };
}

export type PeopleFilters = Pick<ReturnType<typeof usePeopleFilters>, "query" | "role" | "state">;

export function passes(person: Person, { query, role, state }: PeopleFilters): boolean {
  const wanted = plainText(query.trim());
  const isFound = [person.username, person.email ?? ""].some((text) => plainText(text).includes(wanted));
  return isFound && (role === "" || person.rol === role) && isInState(person, state);
}

function isInState(person: Person, state: StateFilter): boolean {
  if (state === "active") return person.activo;
  if (state === "disabled") return !person.activo;
  if (state === "temporary") return person.activo && person.must_change_password;
  return true;
}
