import { Note } from "../../components/Badge";
import { Button } from "../../components/Button";
import { CopyButton } from "../../components/CopyButton";
import { Dialog } from "../../components/Dialog";
import { useText } from "../../i18n/text";

interface Props {
  username: string;
  password: string;
  onClose: () => void;
}

/** A temporary password, shown once. It closes by its button only: a click beside it would lose the password. */
export function SecretOnce({ username, password, onClose }: Props) {
  const t = useText();
  return (
    <Dialog
      title={t.people.secretTitle}
      icon="key"
      foot={
        <>
          <CopyButton text={password} />
          <Button look="primary" onClick={onClose}>
            {t.people.secretClose}
          </Button>
        </>
      }
    >
      <p>{t.people.secretFor(username)}</p>
      <output className="secret-text" translate="no">
        {password}
      </output>
      <Note tone="warn" icon="alert">
        {t.people.secretOnce}
      </Note>
    </Dialog>
  );
}
