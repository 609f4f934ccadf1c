import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SignedIn } from "./session";

/** The tabs of one browser: what one posts, the others hear. */
class Bus {
  static all: Bus[] = [];
  onmessage: ((event: MessageEvent) => void) | null = null;
  constructor() {
    Bus.all.push(this);
  }
  postMessage(data: unknown) {
    for (const bus of Bus.all) if (bus !== this) bus.onmessage?.({ data } as MessageEvent);
  }
}

/** Locks of one browser, one holder at a time. */
function locks() {
  let last: Promise<unknown> = Promise.resolve();
  let tabs = 0;
  return {
    request: (name: string, ...rest: unknown[]) => {
      const work = rest.at(-1) as () => Promise<unknown>;
      if (name === "atalaya.tab") {
        tabs += 1;
        return work();
      }
      const mine = last.then(work, work);
      last = mine.catch(() => undefined);
      return mine;
    },
    query: async () => ({ held: Array.from({ length: tabs }, () => ({ name: "atalaya.tab" })), pending: [] }),
  };
}

const signedIn = (token: string, more: Partial<SignedIn> = {}): SignedIn => ({
  access_token: token,
  token_type: "bearer",
  expires_in: 900,
  empresa_id: 1,
  empresa_nombre: "Interbank",
  username: "ana",
  rol: "admin",
  must_change_password: false,
  session_ends_at: "2026-11-30T12:00:00Z",
  session_idle_until: "2026-11-29T14:00:00Z",
  security_notices: [],
  ...more,
});

let asked: string[];
let answer: (path: string) => Response;
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

/** A tab of its own: the module keeps one session. */
async function openTab() {
  vi.resetModules();
  return (await import("./session")).session;
}

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  Bus.all = [];
  localStorage.clear();
  asked = [];
  vi.stubGlobal("BroadcastChannel", Bus);
  Object.defineProperty(navigator, "locks", { value: locks(), configurable: true });
  answer = () => json(signedIn(`token-${asked.length}`));
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(new URL(request.url).pathname);
    return answer(asked.at(-1) ?? "");
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("somebody who signs in is in, and the token is nowhere but in memory", async () => {
  const session = await openTab();
  await session.login({ username: "ana", password: "una clave" });
  expect(session.state()).toMatchObject({ is: "in", who: { username: "ana" } });
  expect(await session.token()).toBe("token-1");
  expect(JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie).not.toContain("token");
});

test("a browser without a session is asked to sign in, without a word of an end", async () => {
  localStorage.setItem("atalaya.session", "in");
  answer = () => json({}, 401);
  const session = await openTab();
  await session.restore();
  expect(session.state()).toEqual({ is: "out", why: "never" });
});

test("a server is not asked in vain where nobody signed in", async () => {
  const session = await openTab();
  await session.restore();
  expect(session.state()).toEqual({ is: "out", why: "never" });
  expect(asked).toEqual([]);
});

test("a logout that the server did not hear is told before anything else, and signs nobody in", async () => {
  const first = await openTab();
  await first.login({ username: "ana", password: "una clave" });
  answer = () => {
    throw new TypeError("no connection");
  };
  await first.logout();
  expect(first.state()).toEqual({ is: "out", why: "left" });
  asked = [];
  answer = () => new Response(null, { status: 204 });
  const later = await openTab();
  await later.restore();
  expect(later.state()).toEqual({ is: "out", why: "left" });
  expect(asked).toEqual(["/auth/logout"]);
  await later.restore();
  expect(asked).toEqual(["/auth/logout"]);
});

test("a start that the server refuses for now is no end of the session, and may be tried again", async () => {
  localStorage.setItem("atalaya.session", "in");
  const later = await openTab();
  answer = () => json({ error_code: "RATE_LIMITED" }, 429);
  await expect(later.restore()).rejects.toMatchObject({ status: 429 });
  expect([later.isRestoreRefused(), later.state().is]).toEqual([true, "starting"]);
  answer = () => json(signedIn("again"));
  await later.restore();
  expect([later.isRestoreRefused(), later.state().is]).toEqual([false, "in"]);
});

test("requests that need a token at once cause one renewal", async () => {
  const session = await openTab();
  const tokens = await Promise.all([session.token(), session.token(), session.token()]);
  expect(new Set(tokens)).toEqual(new Set(["token-1"]));
  expect(asked).toEqual(["/auth/refresh"]);
});

test("a token is renewed before it expires", async () => {
  const session = await openTab();
  await session.token();
  vi.setSystemTime(Date.now() + 880_000);
  expect(await session.token()).toBe("token-2");
});

test("a second tab takes the token of the first one and asks the server for none", async () => {
  const first = await openTab();
  await first.token();
  const second = await openTab();
  expect(await second.token()).toBe("token-1");
  expect(second.state()).toMatchObject({ is: "in" });
  expect(asked).toEqual(["/auth/refresh"]);
});

test("two tabs whose token was refused renew it once", async () => {
  const first = await openTab();
  const second = await openTab();
  await first.token();
  await Promise.all([first.renew("token-1"), second.renew("token-1")]);
  expect(asked).toEqual(["/auth/refresh", "/auth/refresh"]);
});

test("a logout in one tab empties the others", async () => {
  const first = await openTab();
  const second = await openTab();
  await first.token();
  await second.token();
  await first.logout();
  expect(first.state()).toEqual({ is: "out", why: "left" });
  expect(second.state()).toEqual({ is: "out", why: "left" });
  expect(asked.at(-1)).toBe("/auth/logout");
});

test("a refused renewal is the end of a session that was", async () => {
  const session = await openTab();
  await session.token();
  answer = () => json({}, 401);
  await expect(session.renew("token-1")).rejects.toThrow();
  expect(session.state()).toEqual({ is: "out", why: "ended" });
});

test("a server that cannot be reached ends nothing", async () => {
  const session = await openTab();
  await session.token();
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no connection")));
  await expect(session.renew("token-1")).rejects.toThrow();
  expect(session.state()).toMatchObject({ is: "in" });
});

test("idle time counts from the last act of the person, in whichever tab", async () => {
  const minutes = 60_000;
  const idle = new Date(Date.now() + 30 * minutes).toISOString();
  const absolute = new Date(Date.now() + 600 * minutes).toISOString();
  answer = () => json(signedIn("token-1", { session_idle_until: idle, session_ends_at: absolute }));
  const first = await openTab();
  const second = await openTab();
  await first.login({ username: "ana", password: "una clave" });
  expect(second.ends().absolute).toBe(Date.parse(absolute));

  vi.setSystemTime(Date.now() + 10 * minutes);
  second.act();
  const ends = first.ends();
  expect(Math.round(((ends.idle ?? 0) - Date.now()) / minutes)).toBe(30);
});
