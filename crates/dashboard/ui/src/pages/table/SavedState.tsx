import { Icon } from "../../components/Icon";
import { useText } from "../../i18n/text";

/** Whether a setting that is stored at once is stored. */
export function SavedState({ change }: { change: { isPending: boolean; isSuccess: boolean } }) {
  const t = useText().tableAccess;
  return (
    <p className="saved-state small muted" role="status">
      {change.isPending && t.saving}
      {change.isSuccess && (
        <>
          <Icon name="check" small />
          {t.saved}
        </>
      )}
    </p>
  );
}
