import { Problem } from "../../../api/problem";
import { Note } from "../../../components/Badge";
import { useText } from "../../../i18n/text";

export function RemoveFailed({ error }: { error: Error | null }) {
  const t = useText();
  if (!error) return null;
  return (
    <Note tone="bad" icon="alert" role="alert">
      {error instanceof Problem ? error.message : t.shell.lost}
    </Note>
  );
}
