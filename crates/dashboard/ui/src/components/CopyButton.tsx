import { useState } from "react";
import { useText } from "../i18n/text";
import { Button } from "./Button";

/** Copies a text. Without a clipboard, which browsers give to pages over TLS only, nothing is offered. */
export function CopyButton({ text }: { text: string }) {
  const t = useText();
  const [isCopied, setCopied] = useState(false);
  if (!("clipboard" in navigator)) return null;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // The browser refused; the text stays where it can be marked by hand.
      setCopied(false);
    }
  };
  return (
    <Button icon={isCopied ? "check" : "copy"} onClick={() => void copy()}>
      <span role="status">{isCopied ? t.common.copied : t.common.copy}</span>
    </Button>
  );
}
