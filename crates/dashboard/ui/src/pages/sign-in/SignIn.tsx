import { useState, type FormEvent } from "react";
import { Note } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Field, PasswordField } from "../../components/Field";
import { Problem } from "../../api/problem";
import { usePageTitle } from "../../components/usePageTitle";
import { useText } from "../../i18n/text";
import { deviceName } from "../../format/device";
import { EnterPage } from "./EnterPage";
import { Locked } from "./Locked";
import { hasDrafts } from "../../session/drafts";
import { session, type OutReason } from "../../session/session";

/** The address stays what it was, so that somebody who signs in comes to the very view that was asked for. */
export function SignIn({ why }: { why: OutReason }) {
  const t = useText();
  usePageTitle(t.signIn.title);
  return (
    <EnterPage foot={<p className="xs muted">{t.signIn.promise}</p>}>
      <h1>{t.signIn.title}</h1>
      {why === "ended" && (
        <Note icon="clock" role="status">
          {hasDrafts() ? t.signIn.ended : t.signIn.endedPlain}
        </Note>
      )}
      {why === "elsewhere" && (
        <Note icon="lock" role="status">
          {t.signIn.elsewhere}
        </Note>
      )}
      <SignInForm />
      <p className="small muted">{t.signIn.forgotten}</p>
    </EnterPage>
  );
}

function SignInForm() {
  const t = useText();
  const [username, setUsername] = useState(session.lastUsername);
  const [known] = useState(username !== "");
  const [password, setPassword] = useState("");
  const [device, setDevice] = useState(deviceName);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [lockedUntil, setLockedUntil] = useState<number | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    setError(null);
    try {
      await session.login({ username: username.trim(), password, device_name: device.trim() || null });
    } catch (failure) {
      if (failure instanceof Problem && failure.status === 429 && failure.retryAfter !== null) {
        setLockedUntil(Date.now() + failure.retryAfter * 1000);
      } else setError(failure);
      setBusy(false);
      // What was typed is replaced by the next key.
      form.querySelector<HTMLInputElement>("input[autocomplete=current-password]")?.select();
    }
  };

  return (
    <>
      {lockedUntil !== null && <Locked until={lockedUntil} onOpen={() => setLockedUntil(null)} />}
      <form className="stack" onSubmit={(event) => void submit(event)} noValidate>
        {error !== null && (
          <Note tone="bad" icon="alert" role="alert">
            {error instanceof Problem ? (error.status === 401 ? t.signIn.wrong : error.message) : t.shell.lost}
          </Note>
        )}
        <Field
          label={t.signIn.username}
          value={username}
          onChange={setUsername}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus={!known}
          required
        />
        <PasswordField
          label={t.signIn.password}
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          autoFocus={known}
          required
        />
        <Field label={t.signIn.device} hint={t.signIn.deviceWhy} value={device} onChange={setDevice} maxLength={100} />
        <Button
          type="submit"
          look="primary"
          wide
          busy={isBusy}
          disabled={lockedUntil !== null || !username || !password}
        >
          {t.signIn.title}
        </Button>
      </form>
    </>
  );
}
