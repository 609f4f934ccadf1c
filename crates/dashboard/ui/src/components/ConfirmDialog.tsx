import { useState, type ReactNode } from "react";
import { useText } from "../i18n/text";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Field } from "./Field";

interface Props {
  title: string;
  children: ReactNode;
  /** What the button does, as a verb. */
  action: string;
  /** For what cannot be undone: a word that has to be typed. */
  typed?: string;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

export function ConfirmDialog({ title, children, action, typed, busy = false, onConfirm, onClose }: Props) {
  const t = useText();
  const [word, setWord] = useState("");
  const isRight = typed === undefined || word.trim() === typed;
  return (
    <Dialog
      title={title}
      icon="alert"
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button look="danger" busy={busy} disabled={!isRight} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      {children}
      {typed !== undefined && (
        <Field
          label={t.common.typeToConfirm(typed)}
          value={word}
          onChange={setWord}
          autoComplete="off"
          spellCheck={false}
        />
      )}
    </Dialog>
  );
}
