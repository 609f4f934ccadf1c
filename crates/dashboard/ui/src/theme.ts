import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const KEY = "atalaya.theme";
const listeners = new Set<() => void>();
const system = matchMedia("(prefers-color-scheme: dark)");

function tell() {
  for (const listener of listeners) listener();
}
system.addEventListener("change", tell);

export const theme = {
  chosen: (): Theme => {
    const set = document.documentElement.dataset.theme;
    return set === "light" || set === "dark" ? set : "system";
  },
  isDark: (): boolean => (theme.chosen() === "system" ? system.matches : theme.chosen() === "dark"),
  set(next: Theme) {
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try {
      if (next === "system") localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, next);
    } catch {
      // A browser without storage forgets the choice with the page.
    }
    tell();
  },
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export const useTheme = (): Theme => useSyncExternalStore(theme.subscribe, theme.chosen);
export const useIsDark = (): boolean => useSyncExternalStore(theme.subscribe, theme.isDark);
