import { useId, type FormEvent } from "react";
import { useChangeUniqueSets, type Table } from "../../api/tables";
import { Dialog } from "../../components/Dialog";
import { FieldNotes } from "../../components/Field";
import { SubmitFoot } from "../../components/SubmitFoot";
import { useToast } from "../../components/Toast";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { useDraft } from "../../session/drafts";
import { RuleRefused } from "./RuleRefused";
import { FEWEST_FIELDS, fieldsOf, isSameSet, MOST_FIELDS, withSet, type UniqueSet } from "./uniqueSets";

/** Chooses fields whose values together no two records will have. */
export function NewUniqueSet({ table, onClose }: { table: Table; onClose: () => void }) {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const id = useId();
  const add = useChangeUniqueSets(table.id);
  // Kept while the records are mended that break the rule.
  const [typed, setTyped, forget] = useDraft<UniqueSet>(`tables/${table.id}/new-unique-set`, []);
  const chosen = table.fields.filter(({ name }) => typed.includes(name)).map(({ name }) => name);
  const isThere = table.unique_together.some((set) => isSameSet(set, chosen));
  const isFull = chosen.length >= MOST_FIELDS;
  const choose = (name: string, isOn: boolean) => {
    add.reset();
    setTyped(isOn ? [...chosen, name] : chosen.filter((one) => one !== name));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate((now) => withSet(now, chosen), {
      onSuccess: () => {
        forget();
        toast("ok", t.uniqueSets.added(fieldsOf(table, chosen).join(" + ")));
        onClose();
      },
    });
  };
  return (
    <Dialog
      title={t.uniqueSets.add}
      icon="plus"
      onClose={onClose}
      foot={
        <SubmitFoot
          form={id}
          busy={add.isPending}
          disabled={chosen.length < FEWEST_FIELDS || isThere}
          action={t.uniqueSets.addDo}
          onCancel={onClose}
        />
      }
    >
      <form id={id} className="stack" onSubmit={submit}>
        <RuleRefused table={table} error={add.error} />
        <fieldset className="access-levels" aria-describedby={`${id}-hint`}>
          <legend className="label">{t.uniqueSets.choose}</legend>
          {table.fields.map(({ name, display_name }) => (
            <label key={name} className="check">
              <input
                type="checkbox"
                checked={chosen.includes(name)}
                disabled={isFull && !chosen.includes(name)}
                onChange={(event) => choose(name, event.target.checked)}
              />
              <span className="breakable">
                <bdi>{display_name}</bdi>
              </span>
            </label>
          ))}
          <FieldNotes
            id={id}
            hint={t.uniqueSets.chooseHint(format.number(FEWEST_FIELDS), format.number(MOST_FIELDS))}
            error={isThere ? t.uniqueSets.isThere : undefined}
          />
        </fieldset>
      </form>
    </Dialog>
  );
}
