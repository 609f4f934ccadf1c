import { useEffect, useRef, useState } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { useMe } from "../api/me";
import { Failure } from "../components/States";
import { useText } from "../i18n/text";
import { TrainingProvider } from "../pages/model/TrainingProvider";
import { may } from "../session/rights";
import type { SignedIn } from "../session/session";
import { ZoneContext } from "../session/zone";
import { SessionEnds } from "../session/SessionEnds";
import { watchSession } from "../session/watch";
import { ConnectionNote } from "./ConnectionNote";
import { ErrorBoundary } from "./ErrorBoundary";
import { NotFound } from "./NotFound";
import { preloadScreen, SCREENS } from "./navigation";
import { SecurityNotices } from "./SecurityNotices";
import { Sidebar } from "./Sidebar";
import { TopBar } from "./TopBar";

// The screen's code comes while the server tells who one is.
preloadScreen(location.pathname.slice("/app".length) || "/");

/** Everything around a screen, for somebody who is signed in. */
export default function Shell({ who }: { who: SignedIn }) {
  const t = useText();
  const me = useMe();
  const [path] = useLocation();
  // The menu belongs to the screen on which it was opened, so that a new screen closes it.
  const [menuOpenOn, setMenuOpenOn] = useState<string | null>(null);
  const isMenuOpen = menuOpenOn === path;
  useFocusOnNewScreen(path);
  useEffect(watchSession, []);

  return (
    <ZoneContext value={me.data?.zona_horaria ?? "UTC"}>
      <a className="skip" href="#content">
        {t.shell.skip}
      </a>
      <TrainingProvider>
        <div className="app">
          <Sidebar who={who} isOpen={isMenuOpen} onClose={() => setMenuOpenOn(null)} />
          <div className="main">
            <TopBar who={who} isMenuOpen={isMenuOpen} onMenu={() => setMenuOpenOn(isMenuOpen ? null : path)} />
            <ConnectionNote />
            <main className="page" id="content" tabIndex={-1}>
              <SecurityNotices notices={who.security_notices} />
              <ErrorBoundary key={path}>
                {/* What is shown stays, with all that was typed in it, when reading it again fails. */}
                {me.data ? (
                  <Screens who={who} />
                ) : (
                  me.isError && <Failure error={me.error} onRetry={() => void me.refetch()} />
                )}
              </ErrorBoundary>
            </main>
          </div>
        </div>
      </TrainingProvider>
      <SessionEnds />
    </ZoneContext>
  );
}

function Screens({ who }: { who: SignedIn }) {
  return (
    <Switch>
      {!may(who.rol, "read-forecasts") && (
        <Route path="/">
          <Redirect to="/companies" replace />
        </Route>
      )}
      {SCREENS.map(({ path, needs, page: Page }) => (
        <Route key={path} path={path}>
          {!needs || may(who.rol, needs) ? <Page /> : <NotFound isForbidden />}
        </Route>
      ))}
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}

/** A reader hears the new screen, and the keyboard starts at its top; not at the first one, where nothing was left. */
function useFocusOnNewScreen(path: string) {
  const isFirst = useRef(true);
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    scrollTo(0, 0);
    document.getElementById("content")?.focus({ preventScroll: true });
  }, [path]);
}
