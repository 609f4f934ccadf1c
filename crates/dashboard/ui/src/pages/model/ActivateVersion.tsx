import { useActivateVersion } from "../../api/models";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { useToast } from "../../components/Toast";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { Refusal } from "./Refusal";

interface Props {
  handle: string;
  /** The version that serves. */
  now: string;
  version: number;
  onClose: () => void;
}

/** Going back to an earlier version can be undone, so it is asked without a word to type. */
export function ActivateVersion({ handle, now, version, onClose }: Props) {
  const t = useText();
  const format = useFormat();
  const show = useToast();
  const activate = useActivateVersion(handle);
  const name = format.number(version);
  const confirm = () =>
    activate.mutate(version, {
      onSuccess: () => {
        show("ok", t.model.activated(name));
        onClose();
      },
    });
  return (
    <Dialog
      title={t.model.activateTitle(name)}
      icon="history"
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button look="primary" busy={activate.isPending} onClick={confirm}>
            {t.model.activate}
          </Button>
        </>
      }
    >
      <p>{t.model.activateText(now, name)}</p>
      {activate.isError && <Refusal error={activate.error} />}
    </Dialog>
  );
}
