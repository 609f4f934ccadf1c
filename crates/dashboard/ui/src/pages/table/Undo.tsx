import { useState } from "react";
import { Button } from "../../components/Button";
import { useText } from "../../i18n/text";

/** Takes something back, once. */
export function Undo({ onUndo }: { onUndo: () => Promise<unknown> }) {
  const t = useText();
  const [state, setState] = useState<"offered" | "busy" | "done">("offered");
  if (state === "done") return null;
  const undo = () => {
    setState("busy");
    void onUndo().then(() => setState("done"));
  };
  return (
    <Button small icon="history" className="undo" busy={state === "busy"} onClick={undo}>
      {t.records.undo}
    </Button>
  );
}
