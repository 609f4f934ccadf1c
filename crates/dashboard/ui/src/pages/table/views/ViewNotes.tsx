import type { View } from "../../../api/views";
import { Note } from "../../../components/Badge";
import { Button } from "../../../components/Button";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import type { GridAddress } from "../useGridAddress";

interface Props {
  chosen: View | null;
  /** The address names a view that the person does not have. */
  isGone: boolean;
  address: GridAddress;
}

/** What a view cannot show any more. */
export function ViewNotes({ chosen, isGone, address }: Props) {
  const t = useText();
  const format = useFormat();
  const missing = chosen?.missing_fields.length ?? 0;
  return (
    <>
      {missing > 0 && (
        <div className="sheet-note">
          <Note tone="warn" icon="alert" role="status">
            <p>{t.views.missing(format.number(missing), missing === 1)}</p>
            <p>{t.views.missingNext}</p>
          </Note>
        </div>
      )}
      {isGone && (
        <div className="sheet-note">
          <Note tone="warn" icon="alert" role="status">
            <div className="row between">
              <p>{t.views.gone}</p>
              <Button small onClick={() => address.open(new URLSearchParams())}>
                {t.views.all}
              </Button>
            </div>
          </Note>
        </div>
      )}
    </>
  );
}
