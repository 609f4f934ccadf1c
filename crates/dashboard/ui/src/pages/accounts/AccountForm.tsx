import { useMemo, type FormEvent } from "react";
import { Problem } from "../../api/problem";
import { Note } from "../../components/Badge";
import { Field, Select } from "../../components/Field";
import { placeOf } from "../../format/dates";
import { useText } from "../../i18n/text";
import { useZone } from "../../session/zone";

export interface AccountFields {
  cuenta: string;
  nombre: string;
  plataforma: string;
  zona_horaria: string;
}

export const NO_FIELDS: AccountFields = { cuenta: "", nombre: "", plataforma: "", zona_horaria: "" };
const PLATFORMS = ["X", "Instagram", "Facebook", "TikTok", "LinkedIn", "YouTube"];

interface Props {
  id: string;
  fields: AccountFields;
  onChange: (fields: AccountFields) => void;
  onSubmit: () => void;
  error: unknown;
  /** The handle names the account for good; only a new one has it as a field. */
  isNew: boolean;
}

export function AccountForm({ id, fields, onChange, onSubmit, error, isNew }: Props) {
  const t = useText();
  const problem = error instanceof Problem ? error : null;
  const change = (key: keyof AccountFields) => (value: string) => onChange({ ...fields, [key]: value });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form id={id} className="stack" onSubmit={submit} noValidate>
      {error !== null && !hasFieldOf(problem, fields) && (
        <Note tone="bad" icon="alert" role="alert">
          {problem ? problem.message : t.shell.lost}
        </Note>
      )}
      {isNew && (
        <HandleField value={fields.cuenta} onChange={change("cuenta")} error={problem?.about("cuenta")} autoFocus />
      )}
      <Field
        label={t.accounts.name}
        hint={t.accounts.nameHint}
        value={fields.nombre}
        onChange={change("nombre")}
        error={problem?.about("nombre")}
        maxLength={100}
        autoFocus={!isNew}
      />
      <PlatformField value={fields.plataforma} onChange={change("plataforma")} error={problem?.about("plataforma")} />
      <ZoneField value={fields.zona_horaria} onChange={change("zona_horaria")} error={problem?.about("zona_horaria")} />
    </form>
  );
}

const hasFieldOf = (problem: Problem | null, fields: AccountFields) =>
  problem?.fields.some((broken) => broken.field in fields) ?? false;

interface FieldProps {
  value: string;
  onChange: (value: string) => void;
  error: string | undefined;
  autoFocus?: boolean;
}

export function HandleField(props: FieldProps) {
  const t = useText();
  return (
    <Field
      {...props}
      label={t.accounts.handle}
      hint={t.accounts.handleHint}
      autoCapitalize="none"
      autoComplete="off"
      spellCheck={false}
      maxLength={65}
      required
    />
  );
}

export function PlatformField({ value, onChange, error }: FieldProps) {
  const t = useText();
  const known = PLATFORMS.includes(value) || value === "" ? PLATFORMS : [...PLATFORMS, value];
  const options = [{ value: "", text: t.accounts.noPlatform }, ...known.map((name) => ({ value: name, text: name }))];
  return <Select label={t.accounts.platform} value={value} onChange={onChange} options={options} error={error} />;
}

function ZoneField({ value, onChange, error }: FieldProps) {
  const t = useText();
  const company = useZone();
  const options = useMemo(
    () => [
      { value: "", text: t.accounts.companyZone(placeOf(company)) },
      ...Intl.supportedValuesOf("timeZone").map((zone) => ({ value: zone, text: zone.replaceAll("_", " ") })),
    ],
    [t, company],
  );
  const all = options.some((option) => option.value === value) ? options : [...options, { value, text: value }];
  return (
    <Select
      label={t.accounts.zone}
      hint={t.accounts.zoneHint}
      value={value}
      onChange={onChange}
      options={all}
      error={error}
    />
  );
}
