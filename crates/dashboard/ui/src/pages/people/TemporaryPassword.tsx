import { useState } from "react";
import { useTemporaryPassword, type Person } from "../../api/people";
import { Note } from "../../components/Badge";
import { Button } from "../../components/Button";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { useRefusal } from "../../components/useRefusal";
import { useText } from "../../i18n/text";
import { SecretOnce } from "./SecretOnce";

/** For somebody who forgot their password: the server makes one that is good for one sign-in. */
export function TemporaryPassword({ person }: { person: Person }) {
  const t = useText();
  const [isAsked, setAsked] = useState(false);
  const give = useTemporaryPassword(person.id_usuario);
  const refusal = useRefusal(give.error, t.people);
  const ask = () => {
    give.reset();
    setAsked(true);
  };
  return (
    <div className="stack-s">
      <p className="hint">{t.people.givePasswordWhy}</p>
      <div>
        <Button icon="key" onClick={ask}>
          {t.people.givePassword}
        </Button>
      </div>
      {isAsked && (
        <ConfirmDialog
          title={t.people.givePasswordTitle(person.username)}
          action={t.people.givePassword}
          busy={give.isPending}
          onConfirm={() => give.mutate(undefined, { onSuccess: () => setAsked(false) })}
          onClose={() => setAsked(false)}
        >
          <p>{t.people.givePasswordBody}</p>
          {refusal && (
            <Note tone="bad" icon="alert" role="alert">
              {refusal}
            </Note>
          )}
        </ConfirmDialog>
      )}
      {give.data && (
        <SecretOnce username={give.data.username} password={give.data.temporary_password} onClose={give.reset} />
      )}
    </div>
  );
}
