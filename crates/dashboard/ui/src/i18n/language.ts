export type Language = "es" | "en";

const KEY = "atalaya.language";
const listeners = new Set<() => void>();

/** The language of the page. `public/theme.js` has set it before the first paint. */
export const language = {
  now: (): Language => (document.documentElement.lang === "en" ? "en" : "es"),

  set(next: Language) {
    document.documentElement.lang = next;
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // A browser without storage forgets the choice with the page.
    }
    for (const listener of listeners) listener();
  },

  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
