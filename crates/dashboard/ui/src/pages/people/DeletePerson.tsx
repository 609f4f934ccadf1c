import { useState } from "react";
import { useLocation } from "wouter";
import { KEPT_DAYS } from "../../api/limits";
import { useDeletePerson, type Person } from "../../api/people";
import { Note } from "../../components/Badge";
import { Button } from "../../components/Button";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { useToast } from "../../components/Toast";
import { useRefusal } from "../../components/useRefusal";
import { useText } from "../../i18n/text";

/** Deletes a person, who can be restored for some time. That the last administrator stays is the server's to say. */
export function DeletePerson({ person }: { person: Person }) {
  const t = useText();
  const toast = useToast();
  const [, go] = useLocation();
  const [isAsked, setAsked] = useState(false);
  const remove = useDeletePerson(person.id_usuario);
  const refusal = useRefusal(remove.error, t.people);
  const { username } = person;
  const confirm = () =>
    remove.mutate(person, {
      onSuccess: () => {
        toast("ok", t.deleted.personDone(username));
        go("/people");
      },
    });
  return (
    <div className="stack-s">
      <p className="hint">{t.deleted.personWhy(KEPT_DAYS)}</p>
      <div>
        <Button look="danger" icon="trash" onClick={() => (remove.reset(), setAsked(true))}>
          {t.deleted.person}
        </Button>
      </div>
      {isAsked && (
        <ConfirmDialog
          title={t.deleted.personTitle(username)}
          action={t.deleted.action}
          busy={remove.isPending}
          onConfirm={confirm}
          onClose={() => setAsked(false)}
        >
          <p>{t.deleted.personGoes}</p>
          <p>{t.deleted.personBack(KEPT_DAYS)}</p>
          <p className="soft">{t.deleted.personAfter}</p>
          {refusal && (
            <Note tone="bad" icon="alert" role="alert">
              {refusal}
            </Note>
          )}
        </ConfirmDialog>
      )}
    </div>
  );
}
