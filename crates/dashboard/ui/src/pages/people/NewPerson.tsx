import { useEffect, useId, useRef, type FormEvent } from "react";
import type { Company } from "../../api/companies";
import { Note } from "../../components/Badge";
import { Dialog } from "../../components/Dialog";
import { Field, PasswordField } from "../../components/Field";
import { Segmented } from "../../components/Segmented";
import { SubmitFoot } from "../../components/SubmitFoot";
import { useToast } from "../../components/Toast";
import { useText } from "../../i18n/text";
import { AccountPicker } from "./AccountPicker";
import { RoleChoice } from "./RoleChoice";
import { SecretOnce } from "./SecretOnce";
import { useNewPerson } from "./useNewPerson";

interface Props {
  /** Of another company than one's own: its administrator, by a superadmin. */
  company?: Company;
  onClose: () => void;
}

export function NewPerson({ company, onClose }: Props) {
  const t = useText();
  const toast = useToast();
  const formId = useId();
  const element = useRef<HTMLFormElement>(null);
  const form = useNewPerson(company);
  const { draft, change, errors } = form;
  useEffect(() => {
    if (form.error) element.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [form.error]);

  if (form.secret !== null && form.created !== null)
    return <SecretOnce username={form.created} password={form.secret} onClose={onClose} />;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    form.submit(() => {
      toast("ok", t.people.created(draft.username.trim()));
      onClose();
    });
  };
  return (
    <Dialog
      title={company ? t.people.newAdminTitle(company.empresa_nombre) : t.people.newTitle}
      icon="user"
      onClose={onClose}
      foot={
        <SubmitFoot
          form={formId}
          busy={form.isBusy}
          disabled={!form.isReady}
          action={t.people.create}
          onCancel={onClose}
        />
      }
    >
      <form id={formId} ref={element} className="stack" onSubmit={submit} noValidate>
        {errors.whole && (
          <Note tone="bad" icon="alert" role="alert">
            {errors.whole}
          </Note>
        )}
        <Field
          label={t.people.username}
          hint={t.people.usernameHint}
          value={draft.username}
          onChange={(username) => change({ username })}
          error={errors.username}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
        <Field
          label={t.people.email}
          type="email"
          value={draft.email}
          onChange={(email) => change({ email })}
          error={errors.email}
          autoComplete="off"
        />
        {!company && <RoleChoice value={draft.role} onChange={(role) => change({ role })} />}
        {draft.role !== "admin" && (
          <AccountPicker value={draft.accounts} onChange={(accounts) => change({ accounts })} error={errors.accounts} />
        )}
        <FirstPassword form={form} />
      </form>
    </Dialog>
  );
}

function FirstPassword({ form }: { form: ReturnType<typeof useNewPerson> }) {
  const t = useText();
  const { draft, change, errors } = form;
  const isGenerated = draft.way === "generate";
  return (
    <div className="stack-s">
      <p className="label">{t.people.firstPassword}</p>
      <Segmented
        label={t.people.firstPassword}
        value={draft.way}
        onChange={(way) => change({ way })}
        options={[
          { value: "generate", text: t.people.generate },
          { value: "write", text: t.people.write },
        ]}
      />
      {isGenerated ? (
        <>
          <p className="hint">{t.people.generateWhy}</p>
          {errors.password && <p className="err">{errors.password}</p>}
        </>
      ) : (
        <PasswordField
          label={t.signIn.password}
          hint={`${t.password.rules} ${t.people.writeWhy}`}
          value={form.password}
          onChange={form.setPassword}
          error={errors.password}
          autoComplete="new-password"
          required
        />
      )}
    </div>
  );
}
