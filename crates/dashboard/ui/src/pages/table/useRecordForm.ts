import { Problem } from "../../api/problem";
import type { Table } from "../../api/tables";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { useDraft } from "../../session/drafts";
import { changesOf, textsOf, type Wire } from "./values";

interface Draft {
  revision: number | null;
  typed: Readonly<Record<string, string>>;
}

const NOTHING: Draft = { revision: null, typed: {} };

/** The form of a record: what was typed over what is shown, and what is wrong with it. */
export function useRecordForm(
  table: Table,
  key: string,
  shown: Readonly<Record<string, unknown>>,
  /** The revision that is shown; null for a new record. */
  revision: number | null,
  error: unknown,
) {
  const t = useText();
  const format = useFormat();
  // Only what was touched, so that what others write meanwhile is shown; and over which revision it was begun.
  const [draft, setDraft, forget] = useDraft<Draft>(key, NOTHING);
  const { typed } = draft;
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
    /** The revision that the person saw when they began. */
    revision: draft.revision ?? revision,
    change: (field: string, text: string) =>
      setDraft({ revision: draft.revision ?? revision, typed: { ...typed, [field]: text } }),
    forget,
  };
}
