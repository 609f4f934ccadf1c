const KEY = "atalaya.left";

/**
 * A logout that the server has not heard yet. The mark is no secret; it outlives the page, so that the cookie of that
 * session signs nobody in again before the server was told.
 */
export const unheardLogout = {
  isThere(): boolean {
    try {
      return localStorage.getItem(KEY) !== null;
    } catch {
      return false;
    }
  },

  mark(): void {
    try {
      localStorage.setItem(KEY, "1");
    } catch {
      // A browser without storage keeps no cookie either.
    }
  },

  forget(): void {
    try {
      localStorage.removeItem(KEY);
    } catch {
      // As above.
    }
  },
};
