import { FOUND_OUT, type ImportOptions } from "../../../api/importOptions";
import { Button } from "../../../components/Button";
import { useText } from "../../../i18n/text";
import { RefusedNote } from "../../data/upload/RefusedNote";
import { isTold } from "./options";

interface Props {
  error: Error;
  options: ImportOptions;
  onOptions: (options: ImportOptions) => void;
  onOther: () => void;
  onRetry: () => void;
}

/** A file that cannot be tried out at all: why, and what helps. */
export function Refused({ error, options, onOptions, onOther, onRetry }: Props) {
  const t = useText();
  return (
    <div className="stack">
      <RefusedNote error={error} />
      <div className="row">
        {isTold(options) && (
          <Button look="primary" onClick={() => onOptions(FOUND_OUT)}>
            {t.imports.asFound}
          </Button>
        )}
        <Button onClick={onOther}>{t.data.store.other}</Button>
        <Button onClick={onRetry}>{t.common.retry}</Button>
      </div>
    </div>
  );
}
