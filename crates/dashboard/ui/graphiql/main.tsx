// GraphiQL for who writes queries: a line to log in, and below it GraphiQL, which asks this server alone.
import "graphiql/style.css";
import "./page.css";
import { GraphiQL } from "graphiql";
import { StrictMode, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import { LoginLine } from "./LoginLine";
import { fetcherOf, type Session } from "./server";
import { language, words } from "./words";

const FIRST_QUERY = `${words.firstQuery.map((line) => `# ${line}`).join("\n")}
{
  me { username company { name } }
  accounts(first: 5) {
    nodes {
      handle
      forecast(h: 7) {
        model
        days { date prediction }
      }
    }
  }
}
`;

function App({ offered }: { offered: { username: string; password: string } }) {
  const [{ session, note }, setState] = useState<{ session: Session | null; note: string }>({
    session: null,
    note: "",
  });
  const fetcher = useMemo(() => fetcherOf(session, () => setState({ session: null, note: words.ended })), [session]);
  return (
    <>
      <LoginLine
        offered={offered}
        session={session}
        note={note}
        onChange={(next, why) => setState({ session: next, note: why })}
      />
      <main lang="en">
        {/* The schema is told to who is logged in: asked for before, it would be a refusal. */}
        <GraphiQL
          fetcher={fetcher}
          defaultQuery={FIRST_QUERY}
          shouldPersistHeaders={false}
          {...(session ? {} : { schema: null })}
        />
      </main>
    </>
  );
}

document.documentElement.lang = language;
const root = document.getElementById("root");
if (root) {
  const { username = "", password = "" } = root.dataset;
  createRoot(root).render(
    <StrictMode>
      <App offered={{ username, password }} />
    </StrictMode>,
  );
}
