import { useState } from "react";
import type { Table } from "../../api/tables";
import { Card } from "../../components/Card";
import { Empty } from "../../components/States";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { RecordFields } from "./RecordFields";
import { useBrokenTexts } from "./useBrokenTexts";
import { useRelations } from "./useRelations";
import { defaultsOf, textsOf } from "./values";

/** The form of a new record, as it is now; what is typed goes nowhere. */
export function PreviewCard({ table }: { table: Table }) {
  const t = useText();
  const format = useFormat();
  const [typed, setTyped] = useState<Record<string, string>>({});
  const texts = { ...textsOf(table.fields, defaultsOf(table.fields), format), ...typed };
  const relations = useRelations(table, [texts]);
  const errors = useBrokenTexts(table.fields, texts);
  return (
    <Card title={t.definition.preview} note={t.definition.previewNote} className="define-preview">
      {table.fields.length === 0 ? (
        <Empty title={t.definition.fieldsNone} />
      ) : (
        <RecordFields
          fields={table.fields}
          relations={relations}
          texts={texts}
          errors={errors}
          onChange={(field, text) => setTyped({ ...typed, [field]: text })}
        />
      )}
    </Card>
  );
}
