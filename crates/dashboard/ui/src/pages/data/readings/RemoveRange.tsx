import { useState } from "react";
import { useDeleteReadings, useReadingsCount } from "../../../api/observations";
import { Button } from "../../../components/Button";
import { ConfirmDialog } from "../../../components/ConfirmDialog";
import { Dialog } from "../../../components/Dialog";
import { useToast } from "../../../components/Toast";
import { placeOf } from "../../../format/dates";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { RemoveFailed } from "./RemoveFailed";
import { isBackwards, NO_BOUNDS, SpanFields, spanOf, type Bounds } from "./SpanFields";

/** Deletes the readings of a period: first it is chosen and counted, then the account's name is typed. */
export function RemoveRange({ handle, onClose }: { handle: string; onClose: () => void }) {
  const t = useText();
  const format = useFormat();
  const [bounds, setBounds] = useState(NO_BOUNDS);
  const [isChosen, setChosen] = useState(false);
  const isOpen = bounds.from === "" && bounds.to === "";
  if (isChosen) return <ConfirmRange handle={handle} bounds={bounds} onClose={onClose} />;
  return (
    <Dialog
      title={t.data.remove.range}
      icon="trash"
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button look="primary" disabled={isOpen || isBackwards(bounds)} onClick={() => setChosen(true)}>
            {t.data.remove.next}
          </Button>
        </>
      }
    >
      <p className="soft">{t.data.remove.rangeWhat}</p>
      <p className="hint">{t.data.remove.days(placeOf(format.daysZone))}</p>
      <SpanFields bounds={bounds} onBounds={setBounds} />
      {isOpen && <p className="hint">{t.data.remove.needsBound}</p>}
    </Dialog>
  );
}

function ConfirmRange({ handle, bounds, onClose }: { handle: string; bounds: Bounds; onClose: () => void }) {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const count = useReadingsCount(handle, spanOf(bounds));
  const remove = useDeleteReadings(handle);
  if (!count.data) {
    return (
      <Dialog
        title={t.data.remove.range}
        icon="trash"
        onClose={onClose}
        foot={
          <>
            {count.isError && <Button onClick={() => void count.refetch()}>{t.common.retry}</Button>}
            <Button autoFocus onClick={onClose}>
              {t.common.close}
            </Button>
          </>
        }
      >
        <p role="status">
          {count.isError
            ? t.data.remove.notCounted
            : count.data === 0
              ? t.data.remove.countedNone
              : t.data.remove.counting}
        </p>
      </Dialog>
    );
  }
  const shown = format.number(count.data);
  const { since, until, between } = t.data.remove;
  const [from, to] = [bounds.from && format.day(bounds.from), bounds.to && format.day(bounds.to)];
  const period = from && to ? between(from, to) : from ? since(from) : until(to);
  const confirm = () =>
    remove.mutate(spanOf(bounds), {
      onSuccess: ({ deleted }) => {
        toast("ok", t.data.remove.removed(deleted, format.number(deleted)));
        onClose();
      },
    });
  return (
    <ConfirmDialog
      title={t.data.remove.range}
      action={t.data.remove.action(count.data, shown)}
      typed={handle}
      busy={remove.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p className="strong">
        {t.data.remove.counted(count.data, shown)} {period}
      </p>
      <p className="soft">
        {t.data.remove.rangeWhat} {t.data.remove.days(placeOf(format.daysZone))}
      </p>
      <RemoveFailed error={remove.error} />
    </ConfirmDialog>
  );
}
