import { useId, useState, type FormEvent } from "react";
import type { Table, TableField } from "../../api/tables";
import { Digits } from "../../api/exactJson";
import { Dialog } from "../../components/Dialog";
import { Select } from "../../components/Field";
import { SubmitFoot } from "../../components/SubmitFoot";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { asksOf, type Ask, type Named } from "./conditions";
import { askOf, useAskText } from "./useConditionText";
import type { Relations } from "./useRelations";
import { ValueField } from "./ValueField";
import { typable, valueOf, type Wire } from "./values";

interface Props {
  table: Table;
  relations: Relations;
  /** The one to change; null for a new one. */
  condition: Named | null;
  /** The field that a new one is about at first. */
  of?: string | undefined;
  onApply: (condition: Named) => void;
  onClose: () => void;
}

/** A field as it is asked about: moments by days, and nothing has to be there. */
const asAsked = (field: TableField, label: string): TableField => ({
  ...field,
  field_type: field.field_type === "DATETIME" ? "DATE" : field.field_type,
  display_name: label,
  is_required: false,
  max_length: null,
});

const written = (value: Wire): string => (value instanceof Digits ? value.text : String(value));

export function FilterDialog({ table, relations, condition, of, onApply, onClose }: Props) {
  const t = useText();
  const format = useFormat();
  const form = useId();
  const askText = useAskText();
  const [name, setName] = useState(condition?.name ?? of ?? table.fields[0]?.name ?? "");
  const field = table.fields.find((one) => one.name === name);
  const [ask, setAsk] = useState<Ask>(condition ? askOf(condition) : ((field && asksOf(field.field_type)[0]) ?? "eq"));
  const [texts, setTexts] = useState<readonly string[]>(() => {
    const values =
      condition === null ? [] : askOf(condition) === "between" ? condition.value.split(",") : [condition.value];
    return field ? values.map((value) => typable(asAsked(field, ""), value, format)) : [];
  });
  if (!field) return null;
  const labels =
    ask === "empty" || ask === "filled"
      ? []
      : ask === "between"
        ? [t.records.filterFrom, t.records.filterTo]
        : [t.records.filterValue];
  const parts = labels.map((label, at) => ({ asked: asAsked(field, label), text: texts[at] ?? "" }));
  const read = parts.map(({ asked, text }) => valueOf(asked, text, format));
  const values = read.flatMap((typed) => (typed.broken || typed.value === null ? [] : [written(typed.value)]));
  const isReady = values.length === labels.length;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    const isAboutEmpty = ask === "empty" || ask === "filled";
    onApply(
      isAboutEmpty
        ? { name, op: "is_null", value: String(ask === "empty") }
        : { name, op: ask, value: values.join(",") },
    );
  };
  return (
    <Dialog
      title={t.records.filterTitle}
      icon="search"
      onClose={onClose}
      foot={<SubmitFoot form={form} disabled={!isReady} action={t.records.filterDo} onCancel={onClose} />}
    >
      <form id={form} className="stack" onSubmit={submit} noValidate>
        <Select
          label={t.records.filterField}
          value={name}
          onChange={(chosen) => {
            const next = table.fields.find((one) => one.name === chosen);
            setName(chosen);
            setTexts([]);
            if (next) setAsk(asksOf(next.field_type)[0] ?? "empty");
          }}
          options={table.fields.map((one) => ({ value: one.name, text: one.display_name }))}
        />
        <Select
          label={t.records.filterOp}
          value={ask}
          onChange={(chosen) => setAsk(chosen as Ask)}
          options={asksOf(field.field_type).map((value) => ({ value, text: askText(field, value) }))}
        />
        {parts.map(({ asked, text }, at) => {
          const broken = read[at]?.broken;
          return (
            <ValueField
              key={`${name}/${at}`}
              field={asked}
              relations={relations}
              value={text}
              onChange={(next) => setTexts(labels.map((_, place) => (place === at ? next : (texts[place] ?? ""))))}
              error={broken && t.values.broken[broken]}
            />
          );
        })}
      </form>
    </Dialog>
  );
}
