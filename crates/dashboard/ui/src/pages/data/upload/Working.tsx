import { Icon } from "../../../components/Icon";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";

/** While a table is sent and tried out. */
export function Working({ name, progress }: { name: string | null; progress: number | null }) {
  const t = useText().data;
  const format = useFormat();
  const isSending = progress !== null && progress < 1;
  return (
    <section className="card card-body stack" aria-busy="true">
      <div className="row-tight">
        <Icon name="file" />
        <h2>{name ?? t.file.pasteName}</h2>
      </div>
      <p className="soft" role="status">
        {isSending ? t.trial.sending(format.share(progress)) : t.trial.reading}
      </p>
      <SentBar share={isSending ? progress : null} />
      <div className="skel skel-block" />
    </section>
  );
}

/** The share that was sent; without one something is going on, and nobody knows for how long. */
export function SentBar({ share }: { share: number | null }) {
  return (
    <div className={share === null ? "bar bar-open" : "bar"} aria-hidden="true">
      <span ref={(bar) => void bar?.style.setProperty("--w", share === null ? "100%" : `${share * 100}%`)} />
    </div>
  );
}
