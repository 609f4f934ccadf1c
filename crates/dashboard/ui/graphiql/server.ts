// What the page asks of the server, always of its own origin. The token is kept in memory only.
import type { GraphiQLProps } from "graphiql";
import { getOperationAST, parse } from "graphql";
import { createClient } from "graphql-ws";
import { language, words } from "./words";

export interface Session {
  username: string;
  token: string;
}

/** An answer to a query, or the body of a refusal. */
interface Answer {
  data?: { login?: { accessToken: string; username: string } | null };
  errors?: { message: string }[];
  detail?: string;
}

const ENDPOINT = "/graphql";
const LOGIN =
  "mutation Login($username: String!, $password: String!) { \
login(username: $username, password: $password) { accessToken username } }";

const post = (body: unknown, token?: string, headers: Record<string, string> = {}) =>
  fetch(ENDPOINT, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "Accept-Language": language,
      ...(token && { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify(body),
  });

/** The session of somebody, or why there is none, in words. */
export async function logIn(username: string, password: string): Promise<Session | string> {
  try {
    const answered = await post({ query: LOGIN, variables: { username, password } });
    const { data, errors, detail }: Answer = await answered.json();
    if (data?.login) return { username: data.login.username, token: data.login.accessToken };
    return errors?.[0]?.message ?? detail ?? words.unreachable;
  } catch {
    return words.unreachable;
  }
}

/** Ends a session. One that the server cannot be told of ends by itself. */
export const logOut = (session: Session) =>
  post({ query: "mutation { logout }" }, session.token).catch(() => undefined);

function socketAddress() {
  const address = new URL(ENDPOINT, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

function isSubscription(query: string, operationName: string | null | undefined) {
  try {
    return getOperationAST(parse(query), operationName)?.operation === "subscription";
  } catch {
    // The server says what is wrong with it.
    return false;
  }
}

/** Asks with a session's token: queries by POST, subscriptions by a socket. `onEnd` hears when it is good no more. */
export function fetcherOf(session: Session | null, onEnd: () => void): GraphiQLProps["fetcher"] {
  const socket = createClient({
    url: socketAddress(),
    lazy: true,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${session?.token ?? ""}` },
  });
  return async (asked, options) => {
    const { query, operationName, variables } = asked;
    if (isSubscription(query, operationName)) return socket.iterate({ query, operationName, variables });
    const answered = await post(asked, session?.token, options?.headers);
    if (answered.status === 401 && session) onEnd();
    return answered.json();
  };
}
