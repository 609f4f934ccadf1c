import { useEffect } from "react";

/** The name of the screen in the tab and in the history. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Atalaya`;
  }, [title]);
}
