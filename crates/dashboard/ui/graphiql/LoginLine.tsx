import { useState } from "react";
import { logIn, logOut, type Session } from "./server";
import { words } from "./words";

interface Props {
  /** Whom the server offers; empty where there is no demonstration data. */
  offered: { username: string; password: string };
  session: Session | null;
  /** Why there is no session, where there was one. */
  note: string;
  onChange: (session: Session | null, note: string) => void;
}

/** Who asks: a form, or the name of who is logged in. */
export function LoginLine({ offered, session, note, onChange }: Props) {
  const [username, setUsername] = useState(offered.username);
  const [password, setPassword] = useState(offered.password);
  const [isBusy, setBusy] = useState(false);

  const enter = async () => {
    setBusy(true);
    const found = await logIn(username, password);
    setBusy(false);
    if (typeof found === "string") onChange(null, found);
    else onChange(found, "");
  };
  const leave = () => {
    if (session) void logOut(session);
    onChange(null, "");
  };

  return (
    <header className="line">
      <strong translate="no">Atalaya</strong>
      {session ? (
        <>
          <span>{words.whoIsLoggedIn(session.username)}</span>
          <button type="button" onClick={leave}>
            {words.logOut}
          </button>
        </>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void enter();
          }}
        >
          <label>
            <span>{words.username}</span>
            <input
              value={username}
              onChange={(event) => setUsername(event.target.value)}
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              required
            />
          </label>
          <label>
            <span>{words.password}</span>
            <input
              type="password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
              autoComplete="current-password"
              required
            />
          </label>
          <button type="submit" disabled={isBusy}>
            {words.logIn}
          </button>
        </form>
      )}
      <p role="status">{session ? "" : note || words.needed}</p>
    </header>
  );
}
