import { useState, type FormEvent } from "react";
import { useChangePassword } from "../api/me";
import { Problem } from "../api/problem";
import { Note } from "../components/Badge";
import { Button } from "../components/Button";
import { PasswordField } from "../components/Field";
import { useText } from "../i18n/text";

interface Props {
  username: string;
  /** The password of now, where it was typed on this very page: it is not asked for again. */
  known?: string | null;
  /** There is nothing else on the page: its first field is ready to be typed in. */
  isAlone?: boolean;
  onChanged: () => void;
}

/** Changes the password of who is signed in. The API judges the new one, and each broken rule is shown. */
export function PasswordForm({ username, known = null, isAlone = false, onChanged }: Props) {
  const t = useText();
  const change = useChangePassword();
  const [current, setCurrent] = useState(known ?? "");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const problem = change.error instanceof Problem ? change.error : null;
  const broken = problem?.fields.filter((field) => field.field === "new_password") ?? [];
  const isDifferent = again !== "" && again !== next;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(
      { current_password: current, new_password: next },
      {
        onSuccess: () => {
          setCurrent("");
          setNext("");
          setAgain("");
          onChanged();
        },
      },
    );
  };

  return (
    <form className="stack" onSubmit={submit} noValidate>
      <input
        type="text"
        className="sr"
        tabIndex={-1}
        aria-hidden="true"
        autoComplete="username"
        value={username}
        readOnly
      />
      {change.error && broken.length === 0 && (
        <Note tone="bad" icon="alert" role="alert">
          {problem ? problem.message : t.shell.lost}
        </Note>
      )}
      {(known === null || problem?.about("current_password") !== undefined) && (
        <PasswordField
          label={t.password.current}
          value={current}
          onChange={setCurrent}
          autoComplete="current-password"
          autoFocus={isAlone}
          error={problem?.about("current_password")}
          required
        />
      )}
      <PasswordField
        label={t.password.next}
        hint={t.password.rules}
        value={next}
        onChange={setNext}
        autoComplete="new-password"
        autoFocus={isAlone && known !== null}
        required
      />
      {broken.length > 0 && (
        <ul className="note note-bad stack-s" role="alert">
          {broken.map((field) => (
            <li key={field.code}>{field.message}</li>
          ))}
        </ul>
      )}
      <PasswordField
        label={t.password.again}
        value={again}
        onChange={setAgain}
        autoComplete="new-password"
        error={isDifferent ? t.password.different : undefined}
        required
      />
      <Button type="submit" look="primary" busy={change.isPending} disabled={!current || !next || again !== next}>
        {t.password.change}
      </Button>
    </form>
  );
}
