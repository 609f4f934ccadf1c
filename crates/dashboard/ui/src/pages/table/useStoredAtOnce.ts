import { useState } from "react";

type Store<Settings> = (part: Partial<Settings>, options: { onSettled: () => void }) => void;

/** Settings that are stored as soon as they are chosen; until then they are shown as they will be. */
export function useStoredAtOnce<Settings extends object>(store: Store<Settings>) {
  const [asked, setAsked] = useState<Partial<Settings>>({});
  return {
    asked,
    store: (part: Partial<Settings>) => {
      setAsked((before) => ({ ...before, ...part }));
      store(part, { onSettled: () => setAsked({}) });
    },
  };
}
