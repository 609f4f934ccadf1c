import type { FormEvent } from "react";
import { Problem } from "../../api/problem";
import { useChangeTable, type Table } from "../../api/tables";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Field } from "../../components/Field";
import { TextArea } from "../../components/TextArea";
import { useToast } from "../../components/Toast";
import { useText } from "../../i18n/text";
import { useDraft } from "../../session/drafts";
import { Refused } from "./Refused";

/** What people call the table and what it is for. */
export function AboutCard({ table }: { table: Table }) {
  const t = useText();
  const toast = useToast();
  const change = useChangeTable(table.id);
  const shown = { name: table.display_name, description: table.description ?? "" };
  const [texts, setTexts, forget] = useDraft(`tables/${table.id}/about`, shown);
  const isChanged = texts.name !== shown.name || texts.description !== shown.description;
  const problem = change.error instanceof Problem ? change.error : null;
  const save = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(
      { display_name: texts.name.trim(), description: texts.description.trim() || null },
      {
        onSuccess: () => {
          forget();
          toast("ok", t.definition.saved);
        },
      },
    );
  };
  return (
    <Card title={t.definition.about}>
      <form className="stack" onSubmit={save} noValidate>
        <Refused error={change.error} />
        <Field
          label={t.tables.displayName}
          value={texts.name}
          onChange={(name) => setTexts({ ...texts, name })}
          error={problem?.allAbout("display_name")}
          maxLength={200}
          autoComplete="off"
        />
        <TextArea
          label={t.tables.description}
          hint={t.tables.descriptionHint}
          value={texts.description}
          onChange={(description) => setTexts({ ...texts, description })}
          error={problem?.allAbout("description")}
          maxLength={1000}
        />
        <p className="small muted">
          {t.tables.programName}: <code>{table.name}</code>
        </p>
        <div className="row">
          <Button
            type="submit"
            look="primary"
            busy={change.isPending}
            disabled={!isChanged || texts.name.trim() === ""}
          >
            {t.definition.saveAbout}
          </Button>
          {isChanged && <Button onClick={forget}>{t.definition.discard}</Button>}
        </div>
      </form>
    </Card>
  );
}
