import { useId, useState, type FormEvent } from "react";
import { Problem } from "../../api/problem";
import { useChangeFields, type FieldPatch, type TableField } from "../../api/tables";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import { useToast } from "../../components/Toast";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { lengthOf, type Length } from "./fieldDraft";

/** What is asked for: nothing of what stays. */
function patchOf(field: TableField, name: string, length: Length): FieldPatch {
  const display_name = name.trim();
  return {
    ...(display_name !== field.display_name && { display_name }),
    ...(!length.broken && length.value !== field.max_length && { max_length: length.value }),
  };
}

/** Changes what a field is called and, of a text, how long it may be, in its place in the list. */
export function EditField({ field, onClose }: { field: TableField; onClose: () => void }) {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const id = useId();
  const change = useChangeFields(field.entity_id);
  const [name, setName] = useState(field.display_name);
  const [typed, setTyped] = useState(field.max_length === null ? "" : format.number(field.max_length));
  const isText = field.field_type === "TEXT";
  const length = isText ? lengthOf(typed, format) : { value: field.max_length };
  const problem = change.error instanceof Problem ? change.error : null;
  const isReady = name.trim() !== "" && !length.broken;
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    const patch = patchOf(field, name, length);
    if (Object.keys(patch).length === 0) return onClose();
    change.mutate([{ field: field.id, patch }], {
      onSuccess: () => {
        toast("ok", patch.display_name ? t.definition.renamed(patch.display_name) : t.definition.saved);
        onClose();
      },
    });
  };
  return (
    <form
      className="field-naming"
      aria-labelledby={`${id}-title`}
      onSubmit={save}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
      noValidate
    >
      <span className="sr" id={`${id}-title`}>
        {t.definition.change(field.display_name)}
      </span>
      <Field
        label={t.definition.newName}
        value={name}
        onChange={setName}
        error={
          problem
            ? (problem.allAbout("display_name") ?? (problem.fields.length > 0 ? undefined : problem.message))
            : change.error
              ? t.shell.lost
              : undefined
        }
        maxLength={200}
        autoComplete="off"
        autoFocus
        onFocus={(event) => event.target.select()}
      />
      {isText && (
        <Field
          label={t.definition.maxLength}
          hint={t.definition.maxLengthLater}
          inputMode="numeric"
          value={typed}
          onChange={setTyped}
          error={problem?.allAbout("max_length") ?? (length.broken && t.values.broken[length.broken])}
          autoComplete="off"
        />
      )}
      <div className="row-tight">
        <Button small type="submit" look="primary" busy={change.isPending} disabled={!isReady}>
          {t.common.save}
        </Button>
        <Button small onClick={onClose}>
          {t.common.cancel}
        </Button>
      </div>
    </form>
  );
}
