import { useText } from "../i18n/text";
import { Button } from "./Button";

interface Props {
  /** The id of the form in the dialog. */
  form: string;
  /** What the form does, as a verb. */
  action: string;
  /** `danger` where it takes the place of something. */
  look?: "primary" | "danger";
  busy?: boolean;
  disabled?: boolean;
  onCancel: () => void;
}

/** The foot of a dialog with a form: to give up, and to send it. */
export function SubmitFoot({ form, action, look = "primary", busy = false, disabled = false, onCancel }: Props) {
  const t = useText();
  return (
    <>
      <Button onClick={onCancel}>{t.common.cancel}</Button>
      <Button type="submit" form={form} look={look} busy={busy} disabled={disabled}>
        {action}
      </Button>
    </>
  );
}
