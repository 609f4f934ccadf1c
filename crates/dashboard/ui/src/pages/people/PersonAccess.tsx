import { useState } from "react";
import { Link } from "wouter";
import { useChangePerson, type Person } from "../../api/people";
import { Note } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { useToast } from "../../components/Toast";
import { useRefusal } from "../../components/useRefusal";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { useWho } from "../../session/useSession";
import { DeletePerson } from "./DeletePerson";
import { TemporaryPassword } from "./TemporaryPassword";

/** Whether a person may sign in, and with what. */
export function PersonAccess({ person }: { person: Person }) {
  const t = useText();
  const format = useFormat();
  const who = useWho();
  const isSelf = person.username === who.username;
  return (
    <Card title={t.people.access}>
      <div className="stack">
        <dl className="fact-list">
          <dt>{t.people.lastAccess}</dt>
          <dd>{person.ultimo_acceso ? format.moment(person.ultimo_acceso) : t.people.never}</dd>
          <dt>{t.people.registered}</dt>
          <dd>{format.moment(person.fecha_creacion)}</dd>
        </dl>
        {isSelf ? (
          <p className="soft">
            {t.people.ownPassword} <Link href="/me">{t.nav.me}</Link>.
          </p>
        ) : (
          person.activo && <TemporaryPassword person={person} />
        )}
        <Switch person={person} />
        {!isSelf && <DeletePerson person={person} />}
      </div>
    </Card>
  );
}

/** Takes the access away or gives it back. */
function Switch({ person }: { person: Person }) {
  const t = useText();
  const toast = useToast();
  const [isAsked, setAsked] = useState(false);
  const change = useChangePerson(person.id_usuario);
  const refusal = useRefusal(change.error, t.people);
  const { username, activo } = person;
  const set = (active: boolean) =>
    change.mutate(
      { shown: person, patch: { activo: active } },
      {
        onSuccess: () => {
          setAsked(false);
          toast("ok", active ? t.people.enabledDone(username) : t.people.disabledDone(username));
        },
      },
    );
  const note = refusal && (
    <Note tone="bad" icon="alert" role="alert">
      {refusal}
    </Note>
  );
  return (
    <div className="stack-s">
      <p className="hint">{activo ? t.people.disableWhy : t.people.enableWhy}</p>
      {!isAsked && note}
      <div>
        {activo ? (
          <Button look="danger" icon="lock" onClick={() => (change.reset(), setAsked(true))}>
            {t.people.disable}
          </Button>
        ) : (
          <Button icon="check" busy={change.isPending} onClick={() => set(true)}>
            {t.people.enable}
          </Button>
        )}
      </div>
      {isAsked && (
        <ConfirmDialog
          title={t.people.disableTitle(username)}
          action={t.people.disable}
          busy={change.isPending}
          onConfirm={() => set(false)}
          onClose={() => setAsked(false)}
        >
          <p>{t.people.disableBody}</p>
          {note}
        </ConfirmDialog>
      )}
    </div>
  );
}
