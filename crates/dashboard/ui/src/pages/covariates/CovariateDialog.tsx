import { useId, useState, type FormEvent } from "react";
import type { Aggregate, Covariate, CovariateRequest } from "../../api/covariates";
import { Problem } from "../../api/problem";
import type { Table, TableField } from "../../api/tables";
import { Note } from "../../components/Badge";
import { Dialog } from "../../components/Dialog";
import { Field, Select } from "../../components/Field";
import { SubmitFoot } from "../../components/SubmitFoot";
import { useText } from "../../i18n/text";
import {
  accountFields,
  AGGREGATES,
  dayFields,
  draftFor,
  draftOf,
  isLag,
  needsValue,
  requestOf,
  valueFields,
  withAggregate,
} from "./covariateDraft";

interface Props {
  /** The one to change; null for a new one. */
  covariate: Covariate | null;
  /** Where it stands in the list, as refusals call it. */
  place: number;
  /** Those with a field that tells a day. */
  tables: readonly Table[];
  error: unknown;
  isBusy: boolean;
  onSave: (covariate: CovariateRequest) => void;
  onClose: () => void;
}

const options = (fields: readonly TableField[]) =>
  fields.map((field) => ({ value: field.name, text: field.display_name }));

/** Says which records may explain followers, and how. */
export function CovariateDialog({ covariate, place, tables, error, isBusy, onSave, onClose }: Props) {
  const t = useText();
  const words = t.covariates;
  const form = useId();
  const [draft, setDraft] = useState(() => (covariate ? draftOf(covariate) : draftFor(tables[0])));
  const table = tables.find((one) => one.name === draft.table);
  const request = requestOf(draft);
  const problem = error instanceof Problem ? error : null;
  const broken = (part: string) => problem?.allAbout(`covariates[${place}].${part}`);
  const values = valueFields(table, draft.aggregate);
  const aggregates = AGGREGATES.filter((one) => !needsValue(one) || valueFields(table, one).length > 0);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (request) onSave(request);
  };
  return (
    <Dialog
      title={covariate ? words.editTitle : words.newTitle}
      icon="table"
      onClose={onClose}
      foot={<SubmitFoot form={form} busy={isBusy} disabled={!request} action={words.save} onCancel={onClose} />}
    >
      <form id={form} className="stack" onSubmit={submit} noValidate>
        {error !== null && error !== undefined && (
          <Note tone="bad" icon="alert" role="alert">
            {problem?.about(`covariates[${place}]`) ?? problem?.message ?? t.shell.lost}
          </Note>
        )}
        <Select
          label={words.table}
          value={draft.table}
          onChange={(name) => setDraft(draftFor(tables.find((one) => one.name === name)))}
          options={tables.map((one) => ({ value: one.name, text: one.display_name }))}
          error={broken("entity")}
        />
        <Select
          label={words.date}
          value={draft.date}
          onChange={(date) => setDraft({ ...draft, date })}
          options={options(dayFields(table))}
          error={broken("date_field")}
        />
        <Select
          label={words.aggregate}
          value={draft.aggregate}
          onChange={(aggregate) => setDraft(withAggregate(draft, table, aggregate as Aggregate))}
          options={aggregates.map((value) => ({ value, text: words.aggregates[value] }))}
          error={broken("aggregate")}
        />
        {values.length > 0 && (
          <Select
            label={words.value}
            value={draft.value}
            onChange={(value) => setDraft({ ...draft, value })}
            options={[
              ...(needsValue(draft.aggregate) ? [] : [{ value: "", text: words.valueAny }]),
              ...options(values),
            ]}
            error={broken("value_field")}
          />
        )}
        <Select
          label={words.account}
          value={draft.account}
          onChange={(account) => setDraft({ ...draft, account })}
          options={[{ value: "", text: words.accountAll }, ...options(accountFields(table))]}
          hint={words.accountHint}
          error={broken("account_field")}
        />
        <Field
          label={words.lag}
          value={draft.lag}
          onChange={(lag) => setDraft({ ...draft, lag })}
          hint={words.lagHint}
          inputMode="numeric"
          autoComplete="off"
          error={isLag(draft.lag) ? broken("lag_days") : words.lagWrong}
        />
        <Select
          label={words.knownSince}
          value={draft.knownSince}
          onChange={(knownSince) => setDraft({ ...draft, knownSince })}
          options={[
            { value: "", text: words.knownSinceNone },
            ...options(dayFields(table).filter((field) => field.name !== draft.date)),
          ]}
          hint={words.knownSinceHint}
          error={broken("known_since_field")}
        />
      </form>
    </Dialog>
  );
}
