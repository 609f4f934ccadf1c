import { Button } from "../../components/Button";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import type { Picture } from "./picture";
import { ReadFailed } from "./ReadFailed";
import type { Work } from "./useWork";

/** A picture on its way, one that could not be read, or one that nobody has sent yet. */
export function Unread({ work, picture }: { work: Work; picture: Picture }) {
  const t = useText();
  if (work.isReading) return <Sending progress={work.progress} onCancel={work.cancel} />;
  if (work.error) return <ReadFailed work={work} picture={picture} error={work.error} />;
  return (
    <>
      <p>{t.digits.unread}</p>
      <div className="row">
        <Button look="primary" icon="digits" onClick={() => work.read(picture)}>
          {t.digits.read}
        </Button>
        <Button onClick={work.discard}>{t.digits.discard}</Button>
      </div>
    </>
  );
}

function Sending({ progress, onCancel }: { progress: number | null; onCancel: () => void }) {
  const t = useText();
  const format = useFormat();
  const share = progress !== null && progress < 1 ? progress : null;
  return (
    <div className="row dg-sending" aria-busy="true">
      <div className="grow stack-s">
        <p role="status">{share === null ? t.digits.sending.reading : t.digits.sending.sending(format.share(share))}</p>
        <div className={share === null ? "bar dg-going" : "bar"} aria-hidden="true">
          <span ref={(bar) => void bar?.style.setProperty("--w", share === null ? "100%" : `${share * 100}%`)} />
        </div>
      </div>
      <Button onClick={onCancel}>{t.common.cancel}</Button>
    </div>
  );
}
