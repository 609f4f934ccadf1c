import { createContext, use, useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import type { Dictionary } from "./es";
import { language, type Language } from "./language";

const load: Record<Language, () => Promise<Dictionary>> = {
  es: async () => (await import("./es")).es,
  en: async () => (await import("./en")).en,
};

const TextContext = createContext<Dictionary | null>(null);

/** Loads the words of the page's language; while they change, the old ones stay. */
export function TextProvider({ children }: { children: ReactNode }) {
  const chosen = useLanguage();
  const [words, setWords] = useState<Dictionary | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void load[chosen]().then((loaded) => isCurrent && setWords(loaded));
    return () => {
      isCurrent = false;
    };
  }, [chosen]);
  return words && <TextContext value={words}>{children}</TextContext>;
}

export function useLanguage(): Language {
  return useSyncExternalStore(language.subscribe, language.now);
}

/** Every word that the page says, in the reader's language. */
export function useText(): Dictionary {
  const words = use(TextContext);
  if (!words) throw new Error("TextProvider is missing");
  return words;
}
