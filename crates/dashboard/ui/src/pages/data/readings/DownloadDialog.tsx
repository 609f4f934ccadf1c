import { useState } from "react";
import { useDownloadReadings } from "../../../api/observations";
import { Problem } from "../../../api/problem";
import { Note } from "../../../components/Badge";
import { Button } from "../../../components/Button";
import { Dialog } from "../../../components/Dialog";
import { saveFile } from "../../../charts/save";
import { useToast } from "../../../components/Toast";
import { placeOf } from "../../../format/dates";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { isBackwards, NO_BOUNDS, SpanFields, spanOf } from "./SpanFields";

/** Downloads all readings, or those of a period. */
export function DownloadDialog({ handle, onClose }: { handle: string; onClose: () => void }) {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const [bounds, setBounds] = useState(NO_BOUNDS);
  const download = useDownloadReadings(handle);
  const start = () =>
    download.mutate(spanOf(bounds), {
      onSuccess: (table) => {
        saveFile(table, t.data.download.fileName(handle, bounds.from, bounds.to));
        toast("ok", t.data.download.done);
        onClose();
      },
    });
  return (
    <Dialog
      title={t.data.download.title}
      icon="download"
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button look="primary" busy={download.isPending} disabled={isBackwards(bounds)} onClick={start}>
            {download.isPending ? t.data.download.busy : t.data.download.action}
          </Button>
        </>
      }
    >
      <p className="soft">{t.data.download.what(placeOf(format.zone))}</p>
      <SpanFields bounds={bounds} onBounds={setBounds} />
      <p className="hint">{t.data.download.all}</p>
      {download.error && (
        <Note tone="bad" icon="alert" role="alert">
          {download.error instanceof Problem ? download.error.message : t.data.download.broken}
        </Note>
      )}
    </Dialog>
  );
}
