import { Problem } from "../../api/problem";
import type { Table } from "../../api/tables";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { useDraft } from "../../session/drafts";
import { changesOf, textsOf, type Wire } from "./values";

/** The form of a record: what was typed over what is shown, and what is wrong with it. */
export function useRecordForm(table: Table, key: string, shown: Readonly<Record<string, unknown>>, error: unknown) {
  const t = useText();
  const format = useFormat();
  // Only what was touched, so that what others write meanwhile is shown.
  const [typed, setTyped, forget] = useDraft<Record<string, string>>(key, {});
  const texts = { ...textsOf(table.fields, shown, format), ...typed };
  const { data, broken } = changesOf(table.fields, shown, texts, format);
  const problem = error instanceof Problem ? error : null;
  const errors = Object.fromEntries(
    table.fields.map(({ id }) => {
      const own = broken[id];
      return [id, own ? t.values.broken[own] : problem?.allAbout(`data.${id}`)];
    }),
  );
  return {
    texts,
    errors,
    /** What is to be sent. */
    data: data as Record<string, Wire>,
    isChanged: Object.keys(data).length > 0 || Object.keys(broken).length > 0,
    isSound: Object.keys(broken).length === 0,
    change: (field: string, text: string) => setTyped({ ...typed, [field]: text }),
    forget,
  };
}
