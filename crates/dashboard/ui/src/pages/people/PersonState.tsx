import type { Person } from "../../api/people";
import { Badge } from "../../components/Badge";
import { useText } from "../../i18n/text";

/** Whether a person may sign in, and whether they still have to choose a password. */
export function PersonState({ person }: { person: Person }) {
  const t = useText();
  if (!person.activo) return <Badge icon="lock">{t.people.disabled}</Badge>;
  if (person.must_change_password)
    return (
      <Badge tone="acc" icon="key">
        {t.people.temporary}
      </Badge>
    );
  return (
    <Badge tone="ok" icon="check">
      {t.people.active}
    </Badge>
  );
}
