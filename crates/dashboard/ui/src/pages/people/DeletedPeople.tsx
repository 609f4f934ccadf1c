import { useDeletedPeople, useRestorePerson } from "../../api/people";
import { DeletedCard } from "../../components/DeletedCard";
import { useToast } from "../../components/Toast";
import { useText } from "../../i18n/text";

/** Who was deleted within the last days, and the way back. */
export function DeletedPeople() {
  const t = useText();
  const toast = useToast();
  const people = useDeletedPeople();
  const restore = useRestorePerson();
  return (
    <DeletedCard
      title={t.deleted.people}
      items={people.data?.map((person) => ({
        id: person.id_usuario,
        name: person.username,
        about: [t.roles[person.rol], person.email].filter(Boolean).join(" · "),
        at: person.fecha_eliminacion,
        isActive: person.activo,
      }))}
      error={people.error}
      onRetry={() => void people.refetch()}
      restore={restore}
      onRestored={({ name, isActive }) =>
        toast("ok", isActive ? t.deleted.restoredPerson(name) : t.deleted.restoredDisabled(name))
      }
    />
  );
}
