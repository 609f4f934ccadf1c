import type { ReactNode } from "react";
import { Button } from "../../components/Button";
import { Icon, type IconName } from "../../components/Icon";
import { useText } from "../../i18n/text";
import { canReadClipboard, pictureOfClipboard } from "./useGiven";

interface Props {
  onFiles: (files: readonly File[]) => void;
  /** A file is held over the page. */
  isOver: boolean;
  isBusy: boolean;
}

const KINDS = ".png,.jpg,.jpeg,.gif,image/png,image/jpeg,image/gif";

/** Takes a picture that is chosen, taken with the camera of a telephone, or pasted by a button. */
export function PictureZone({ onFiles, isOver, isBusy }: Props) {
  const t = useText().digits.zone;
  const paste = async () => {
    const picture = await pictureOfClipboard();
    onFiles(picture ? [picture] : []);
  };
  return (
    <div className={isOver ? "drop-zone dg-zone drop-over" : "drop-zone dg-zone"} aria-busy={isBusy}>
      <Icon name="digits" className="drop-icon" />
      <p className="strong" role="status">
        {isBusy ? (
          t.looking
        ) : isOver ? (
          t.over
        ) : (
          <>
            <span className="dg-mouse">{t.drop}</span>
            <span className="dg-touch">{t.give}</span>
          </>
        )}
      </p>
      <p className="muted small">
        {t.note} <span className="dg-mouse">{t.paste}</span>
      </p>
      <div className="dg-ways">
        <Pick icon="camera" look="btn-primary dg-touch" accept="image/*" isCamera onFiles={onFiles}>
          {t.photo}
        </Pick>
        <Pick icon="image" look="btn-primary dg-choose" accept={KINDS} onFiles={onFiles}>
          {t.choose}
        </Pick>
        {canReadClipboard() && (
          <Button icon="paste" onClick={() => void paste()}>
            {t.pasteButton}
          </Button>
        )}
      </div>
    </div>
  );
}

interface PickProps {
  icon: IconName;
  look: string;
  accept: string;
  isCamera?: boolean;
  onFiles: (files: readonly File[]) => void;
  children: ReactNode;
}

/** A button that opens the browser's own dialog, or the camera. */
function Pick({ icon, look, accept, isCamera = false, onFiles, children }: PickProps) {
  return (
    <label className={`btn dg-pick ${look}`}>
      <Icon name={icon} />
      {children}
      <input
        type="file"
        className="sr"
        accept={accept}
        capture={isCamera ? "environment" : undefined}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          // So that the same file can be chosen again.
          event.target.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
    </label>
  );
}
