import type { Held, OutReason } from "./session";

/** What the tabs of one browser tell one another. It is never written anywhere. */
type Message =
  | { kind: "ask" }
  | { kind: "token"; held: Held }
  | { kind: "none" }
  | { kind: "act"; at: number }
  | { kind: "end"; why: OutReason };

interface Handlers {
  ask: () => void;
  token: (held: Held) => void;
  none: () => void;
  act: (at: number) => void;
  end: (why: OutReason) => void;
}

const TAB_LOCK = "atalaya.tab";
const tabs = new BroadcastChannel("atalaya.session");

// Held as long as this tab lives, so that another one can see that it is not alone. A page of plain HTTP has no locks: it
// says so and does nothing else, see shell/Insecure.tsx.
if ("locks" in navigator)
  void navigator.locks.request(TAB_LOCK, { mode: "shared" }, () => new Promise(() => undefined));

export const channel = {
  tell: (message: Message) => tabs.postMessage(message),

  listen(handlers: Handlers) {
    tabs.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.kind === "ask") handlers.ask();
      else if (data.kind === "token") handlers.token(data.held);
      else if (data.kind === "none") handlers.none();
      else if (data.kind === "act") handlers.act(data.at);
      else handlers.end(data.why);
    };
  },

  async otherTabs(): Promise<number> {
    const { held = [] } = await navigator.locks.query();
    return held.filter((lock) => lock.name === TAB_LOCK).length - 1;
  },
};
