import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { SentBar } from "./Working";

/** While a table is stored: how much of it was sent. */
export function Sending({ progress }: { progress: number | null }) {
  const t = useText().data.store;
  const format = useFormat();
  const share = progress !== null && progress < 1 ? progress : null;
  return (
    <>
      <p role="status">{share === null ? t.storing : t.sending(format.share(share))}</p>
      <SentBar share={share} />
    </>
  );
}
