import { useState, type FormEvent } from "react";
import { Problem } from "../../api/problem";
import { useChangeFields, type TableField } from "../../api/tables";
import { Button } from "../../components/Button";
import { useToast } from "../../components/Toast";
import { useText } from "../../i18n/text";

/** Gives a field another name for people, in its place. */
export function RenameField({ field, onClose }: { field: TableField; onClose: () => void }) {
  const t = useText();
  const toast = useToast();
  const change = useChangeFields(field.entity_id);
  const [name, setName] = useState(field.display_name);
  const problem = change.error instanceof Problem ? change.error : null;
  const save = (event: FormEvent) => {
    event.preventDefault();
    const display_name = name.trim();
    if (display_name === "" || display_name === field.display_name) return onClose();
    change.mutate([{ field: field.id, patch: { display_name } }], {
      onSuccess: () => {
        toast("ok", t.definition.renamed(display_name));
        onClose();
      },
    });
  };
  return (
    <form className="field-naming" onSubmit={save} onKeyDown={(event) => event.key === "Escape" && onClose()}>
      <input
        className="input input-s"
        aria-label={t.definition.newName}
        aria-invalid={change.error ? true : undefined}
        value={name}
        maxLength={200}
        autoComplete="off"
        autoFocus
        onFocus={(event) => event.target.select()}
        onChange={(event) => setName(event.target.value)}
      />
      <Button small type="submit" look="primary" busy={change.isPending}>
        {t.common.save}
      </Button>
      <Button small onClick={onClose}>
        {t.common.cancel}
      </Button>
      {change.error && (
        <p className="err" role="alert">
          {problem?.allAbout("display_name") ?? problem?.message ?? t.shell.lost}
        </p>
      )}
    </form>
  );
}
