import { useAssignAccounts, type Person } from "../../api/people";
import { Problem } from "../../api/problem";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { useToast } from "../../components/Toast";
import { useText } from "../../i18n/text";
import { useDraft } from "../../session/drafts";
import { AccountPicker } from "./AccountPicker";

export function PersonAccounts({ person }: { person: Person }) {
  const t = useText();
  if (person.rol === "admin")
    return (
      <Card title={t.people.assigned}>
        <p className="soft">{t.people.adminSeesAll}</p>
      </Card>
    );
  return (
    <Card title={t.people.assigned} note={t.people.assignedWhy}>
      <Assignment person={person} />
    </Card>
  );
}

function Assignment({ person }: { person: Person }) {
  const t = useText();
  const toast = useToast();
  const assign = useAssignAccounts(person.id_usuario);
  const [draft, setDraft, forget] = useDraft<string[] | null>(`people.${person.id_usuario}.accounts`, null);
  const chosen = draft ?? person.cuentas;
  const isChanged = draft !== null && !isSameSet(draft, person.cuentas);
  const error =
    assign.error instanceof Problem ? (assign.error.allAbout("cuentas") ?? assign.error.message) : undefined;
  const save = () =>
    assign.mutate([...chosen], {
      onSuccess: () => {
        forget();
        toast("ok", t.people.accountsSaved);
      },
    });
  return (
    <div className="stack">
      <AccountPicker value={chosen} onChange={setDraft} error={assign.error && !error ? t.shell.lost : error} />
      {isChanged && (
        <div className="row">
          <Button look="primary" busy={assign.isPending} onClick={save}>
            {t.people.save}
          </Button>
          <Button onClick={forget}>{t.people.discard}</Button>
        </div>
      )}
    </div>
  );
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((account) => other.includes(account));
}
