import { useEffect, useEffectEvent, useState } from "react";

/** Files that are dropped anywhere on the page or pasted. Says whether one is held over it. */
export function useGiven(onFiles: (files: readonly File[]) => void): boolean {
  const [isOver, setOver] = useState(false);
  const take = useEffectEvent(onFiles);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (isTyping(event.target)) return;
      // Also what is no file: browsers would leave the page for a link that is dropped on it.
      event.preventDefault();
      if (event.dataTransfer?.types.includes("Files")) setOver(true);
    };
    // Between two elements of the page, too, one of them is left; the window is left to nothing.
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const drop = (event: DragEvent) => {
      if (isTyping(event.target)) return;
      event.preventDefault();
      setOver(false);
      take([...(event.dataTransfer?.files ?? [])]);
    };
    const paste = (event: ClipboardEvent) => {
      if (isTyping(event.target)) return;
      take([...(event.clipboardData?.files ?? [])]);
    };
    const listeners = { dragenter: over, dragover: over, dragleave: leave, drop, paste } as const;
    for (const [name, listener] of Object.entries(listeners)) addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) removeEventListener(name, listener as EventListener);
    };
  }, []);
  return isOver;
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("input, textarea, [contenteditable]") !== null;

/** The picture in the clipboard, for those without a keyboard; null where there is none, or it may not be read. */
export async function pictureOfClipboard(): Promise<File | null> {
  try {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((type) => type.startsWith("image/"));
      if (type) return new File([await item.getType(type)], "", { type });
    }
    return null;
  } catch {
    return null;
  }
}

/** Browsers give the clipboard to pages over TLS only. */
export const canReadClipboard = (): boolean => "clipboard" in navigator && "read" in navigator.clipboard;
