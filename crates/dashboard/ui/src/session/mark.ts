const KEY = "atalaya.session";

/** Whether this browser may have a session, and whether a logout still has to be told to the server. */
export type Mark = "in" | "left" | "none";

/**
 * What outlives the page about the session of this browser; it is no secret. Where nobody signed in, the server is not
 * asked in vain. A logout that the server has not heard keeps the cookie of that session from signing anybody in.
 */
export const sessionMark = {
  read(): Mark {
    try {
      const kept = localStorage.getItem(KEY);
      return kept === "in" || kept === "left" ? kept : "none";
    } catch {
      // A browser that keeps no mark may still have the cookie: the server is asked.
      return "in";
    }
  },

  write(mark: Mark): void {
    try {
      if (mark === "none") localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, mark);
    } catch {
      // As above.
    }
  },
};
