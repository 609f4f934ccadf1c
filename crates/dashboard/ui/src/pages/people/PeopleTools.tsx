import { SearchField } from "../../components/SearchField";
import { Select } from "../../components/Field";
import { useText } from "../../i18n/text";
import type { RoleFilter, StateFilter, usePeopleFilters } from "./usePeopleFilters";

/** Search and filters over the people that are shown. */
export function PeopleTools({ filters }: { filters: ReturnType<typeof usePeopleFilters> }) {
  const t = useText();
  return (
    <div className="people-tools" role="search">
      <SearchField label={t.people.find} value={filters.query} onChange={filters.setQuery} />
      <Select
        hideLabel
        label={t.people.role}
        value={filters.role}
        onChange={(role) => filters.setRole(role as RoleFilter)}
        options={[
          { value: "", text: t.people.anyRole },
          { value: "admin", text: t.roles.admin },
          { value: "user", text: t.roles.user },
          { value: "viewer", text: t.roles.viewer },
        ]}
      />
      <Select
        hideLabel
        label={t.people.state}
        value={filters.state}
        onChange={(state) => filters.setState(state as StateFilter)}
        options={[
          { value: "", text: t.people.anyState },
          { value: "active", text: t.people.active },
          { value: "temporary", text: t.people.temporary },
          { value: "disabled", text: t.people.disabled },
        ]}
      />
    </div>
  );
}
