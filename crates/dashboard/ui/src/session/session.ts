import { problemOf, SignedOut } from "../api/problem";
import type { components } from "../api/schema";
import { send } from "../api/transport";
import { channel } from "./channel";
import { sessionMark } from "./mark";

export type SignedIn = components["schemas"]["LoginResponse"];
export type LoginRequest = components["schemas"]["LoginRequest"];

/** Why nobody is signed in: nobody was, somebody left, the session reached its end, or it was ended from elsewhere. */
export type OutReason = "never" | "left" | "ended" | "elsewhere";

export type SessionState = { is: "starting" } | { is: "out"; why: OutReason } | { is: "in"; who: SignedIn };

/** A token is renewed this long before it expires, so that no request is sent with one that expires on its way. */
const MARGIN_MS = 30_000;

/** How long a tab waits at most for the answers of the others: one that sleeps gives none. */
const ASK_MS = 1_000;

/** What a tab holds of the session, and tells the others. */
export interface Held {
  who: SignedIn;
  /** When the access token expires, in milliseconds. */
  expiresAt: number;
  /** How long the server lets a session idle, in milliseconds; null where it does not tell. */
  idleSpan: number | null;
}

/**
 * The session of this browser. The access token lives in this object only; the refresh token is a cookie that no script
 * can read. One tab renews for all: whoever holds the lock asks the others first, and tells them what it got.
 */
class Session {
  #held: Held | null = null;
  #state: SessionState = { is: "starting" };
  #lastAct = Date.now();
  /** How many tabs have answered the last question. */
  #answers = 0;
  #lastUsername = "";
  #temporary: string | null = null;
  #isRestoreRefused = false;
  readonly #listeners = new Set<() => void>();

  constructor() {
    channel.listen({
      token: (held) => {
        this.#answers += 1;
        this.#hold(held);
      },
      none: () => {
        this.#answers += 1;
      },
      ask: () => channel.tell(this.#held ? { kind: "token", held: this.#held } : { kind: "none" }),
      act: (at) => {
        this.#lastAct = Math.max(this.#lastAct, at);
      },
      end: (why) => this.#leave(why),
    });
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  state = () => this.#state;

  /** At the start of the page: the cookie of an earlier visit may still be good. */
  async restore(): Promise<void> {
    const mark = sessionMark.read();
    if (mark !== "in") this.#leave(mark === "left" ? "left" : "never");
    if (mark === "left") return this.#tellOfLogout();
    if (mark === "none") return;
    this.#isRestoreRefused = false;
    try {
      await this.renew(null);
    } catch (error) {
      if (error instanceof SignedOut) return;
      this.#isRestoreRefused = true;
      throw error;
    }
  }

  /** Whether the server could not say, at the start of the page, if the session goes on: it may a moment later. */
  isRestoreRefused = (): boolean => this.#isRestoreRefused;

  async login(request: Omit<LoginRequest, "refresh">): Promise<SignedIn> {
    const response = await post("/auth/login", { ...request, refresh: "cookie" });
    if (!response.ok) throw await problemOf(response);
    const who = (await response.json()) as SignedIn;
    this.#temporary = who.must_change_password ? request.password : null;
    this.#lastAct = Date.now();
    this.#take(who);
    return who;
  }

  /** A token that is good for the next request. */
  async token(): Promise<string> {
    const held = this.#held;
    if (held && Date.now() < held.expiresAt - MARGIN_MS) return held.who.access_token;
    return this.renew(held?.who.access_token ?? null);
  }

  /** A token other than the refused one, from another tab or from the server. */
  async renew(refused: string | null): Promise<string> {
    return navigator.locks.request("atalaya.refresh", async () => {
      await this.#askOtherTabs(refused);
      const told = this.#held?.who.access_token;
      if (told && told !== refused) return told;
      const response = await post("/auth/refresh", {});
      if (response.status === 401) {
        sessionMark.write("none");
        if (this.#state.is === "in") this.refused();
        else this.#leave("never");
        throw new SignedOut();
      }
      if (!response.ok) throw await problemOf(response);
      const who = (await response.json()) as SignedIn;
      this.#take(who);
      return who.access_token;
    });
  }

  /** Ends the session here, in every other tab and on the server. */
  async logout(): Promise<void> {
    this.end("left");
    await this.#tellOfLogout();
  }

  /** The session is over: every tab forgets what it shows. */
  end(why: OutReason): void {
    channel.tell({ kind: "end", why });
    this.#leave(why);
  }

  /** The server knows the session no more: it reached its end, or before that somebody ended it. */
  refused(): void {
    const { idle, absolute } = this.ends();
    const isDue = [idle, absolute].some((end) => end !== null && Date.now() >= end - MARGIN_MS);
    this.end(isDue || (idle === null && absolute === null) ? "ended" : "elsewhere");
  }

  /** Who was signed in last, unless they signed out. */
  lastUsername = (): string => this.#lastUsername;

  /** The password that was typed on this very page, while it must be changed. */
  temporaryPassword = (): string | null => this.#temporary;

  /** Something that the person did; the page's own requests are none. */
  act(): void {
    const now = Date.now();
    if (now - this.#lastAct > 5_000) channel.tell({ kind: "act", at: now });
    this.#lastAct = now;
  }

  /** The person goes on: the server counts from now, too. */
  async goOn(): Promise<void> {
    await this.renew(this.#held?.who.access_token ?? null);
    this.#lastAct = Date.now();
    channel.tell({ kind: "act", at: this.#lastAct });
  }

  /** The countdown reached its end. Nobody is at the page, so the server is told, too. */
  async expire(): Promise<void> {
    this.end("ended");
    await this.#tellOfLogout();
  }

  /** When the session ends unless the person does something, and when it ends in any case; milliseconds. */
  ends(): { idle: number | null; idleSpan: number | null; absolute: number | null } {
    if (!this.#held) return { idle: null, idleSpan: null, absolute: null };
    const { who, idleSpan } = this.#held;
    return {
      idle: idleSpan === null ? null : this.#lastAct + idleSpan,
      idleSpan,
      absolute: who.session_ends_at ? Date.parse(who.session_ends_at) : null,
    };
  }

  /** Tells the server of a logout, and remembers to do so where it does not hear it now. */
  async #tellOfLogout(): Promise<void> {
    sessionMark.write("left");
    const response = await post("/auth/logout", {}).catch(() => null);
    // Also a session that has ended already has nothing more to be told.
    if (response?.ok || response?.status === 401) sessionMark.write("none");
  }

  async #askOtherTabs(refused: string | null): Promise<void> {
    const others = await channel.otherTabs();
    if (others <= 0) return;
    this.#answers = 0;
    channel.tell({ kind: "ask" });
    const until = Date.now() + ASK_MS;
    const isUnknown = () => (this.#held?.who.access_token ?? refused) === refused;
    while (Date.now() < until && this.#answers < others && isUnknown()) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  #take(who: SignedIn): void {
    sessionMark.write("in");
    const now = Date.now();
    const idleUntil = who.session_idle_until;
    const held: Held = {
      who,
      expiresAt: now + who.expires_in * 1000,
      idleSpan: idleUntil ? Date.parse(idleUntil) - now : null,
    };
    channel.tell({ kind: "token", held });
    this.#hold(held);
  }

  #hold(held: Held): void {
    this.#held = held;
    this.#lastUsername = held.who.username;
    if (!held.who.must_change_password) this.#temporary = null;
    this.#change({ is: "in", who: held.who });
  }

  #leave(why: OutReason): void {
    this.#held = null;
    this.#temporary = null;
    if (why === "left") this.#lastUsername = "";
    this.#change({ is: "out", why });
  }

  #change(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function post(path: string, body: unknown): Promise<Response> {
  return send(
    new Request(location.origin + path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
}

export const session = new Session();
