import type { FormEvent } from "react";
import { Overtaken } from "../../api/overtaken";
import { Problem } from "../../api/problem";
import { useChangePerson, type GrantableRole, type Person, type PersonPatch } from "../../api/people";
import { Note } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Field } from "../../components/Field";
import { useToast } from "../../components/Toast";
import { useRefusal } from "../../components/useRefusal";
import { useText } from "../../i18n/text";
import { useDraft } from "../../session/drafts";
import { useWho } from "../../session/useSession";
import { RoleChoice } from "./RoleChoice";

interface Draft {
  role?: GrantableRole;
  email?: string;
  /** The person as they were when the draft was begun: what others change since then is not written over. */
  shown?: Person;
}

/** Role and e-mail. */
export function PersonDetails({ person }: { person: Person }) {
  const t = useText();
  const toast = useToast();
  const who = useWho();
  const change = useChangePerson(person.id_usuario);
  const [draft, setDraft, forget] = useDraft<Draft>(`people.${person.id_usuario}.details`, {});
  const shown = draft.shown ?? person;
  const role = draft.role ?? shown.rol;
  const email = draft.email ?? shown.email ?? "";
  const touch = (part: Draft) => setDraft({ ...draft, ...part, shown });
  const patch: PersonPatch = {
    ...(role !== shown.rol && role !== "superadmin" && { rol: role }),
    ...(email.trim() !== (shown.email ?? "") && { email: email.trim() }),
  };
  const isChanged = Object.keys(patch).length > 0;
  const emailError = change.error instanceof Problem ? change.error.allAbout("email") : undefined;
  const refusal = useRefusal(emailError ? null : change.error, t.people);

  const save = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(
      { shown, patch },
      {
        onSuccess: () => {
          forget();
          toast("ok", t.people.changeSaved(person.username));
        },
        // What others wrote is shown, and not what was typed over it.
        onError: (error) => error instanceof Overtaken && forget(),
      },
    );
  };
  return (
    <Card title={t.people.details}>
      <form className="stack" onSubmit={save} noValidate>
        {refusal && (
          <Note tone={change.error instanceof Overtaken ? "warn" : "bad"} icon="alert" role="alert">
            {refusal}
          </Note>
        )}
        {role !== "superadmin" && <RoleChoice value={role} onChange={(chosen) => touch({ role: chosen })} />}
        {patch.rol && (
          <Note icon="info">{person.username === who.username ? t.people.yourOwnRole : t.people.roleEndsAccess}</Note>
        )}
        <Field
          label={t.people.emailOf}
          type="email"
          value={email}
          onChange={(value) => touch({ email: value })}
          error={emailError}
          autoComplete="off"
        />
        <div className="row">
          <Button type="submit" look="primary" busy={change.isPending} disabled={!isChanged}>
            {t.people.save}
          </Button>
          {isChanged && <Button onClick={forget}>{t.people.discard}</Button>}
        </div>
      </form>
    </Card>
  );
}
