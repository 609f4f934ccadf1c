import { useState } from "react";
import { useRegister, type GrantableRole } from "../../api/people";
import { Problem } from "../../api/problem";
import type { Company } from "../../api/companies";
import { useText } from "../../i18n/text";
import { useDraft } from "../../session/drafts";
import { generatedPassword } from "./generatedPassword";

interface Draft {
  username: string;
  role: GrantableRole;
  email: string;
  accounts: string[];
  way: "generate" | "write";
}

/** The form of a new person, of one's own company or, for a superadmin, of a named one. */
export function useNewPerson(company: Company | undefined) {
  const t = useText();
  const register = useRegister();
  const initial: Draft = {
    username: "",
    role: company ? "admin" : "user",
    email: "",
    accounts: [],
    way: "generate",
  };
  const [draft, setDraft, forget] = useDraft<Draft>(`people.new.${company?.empresa_id ?? ""}`, initial);
  // A password is typed again rather than kept.
  const [password, setPassword] = useState("");
  const [secret, setSecret] = useState<string | null>(null);
  const problem = register.error instanceof Problem ? register.error : null;
  const isTaken = problem?.code === "USERNAME_TAKEN";
  const about = (field: string) => problem?.allAbout(field);
  const isAtAField = isTaken || (problem !== null && problem.fields.length > 0);

  const submit = (onCreated: () => void) => {
    const isGenerated = draft.way === "generate";
    const first = isGenerated ? generatedPassword() : password;
    register.mutate(
      {
        username: draft.username.trim(),
        password: first,
        rol: draft.role,
        email: draft.email.trim() || null,
        cuentas: draft.role === "admin" ? [] : draft.accounts,
        // Somebody else knows it, so that it is good for the first sign-in only.
        must_change_password: true,
        ...(company && { empresa_id: company.empresa_id }),
      },
      {
        onSuccess: () => {
          forget();
          setPassword("");
          if (isGenerated) setSecret(first);
          else onCreated();
        },
      },
    );
  };

  return {
    draft,
    change: (part: Partial<Draft>) => setDraft({ ...draft, ...part }),
    password,
    setPassword,
    secret,
    created: register.data?.username ?? null,
    isBusy: register.isPending,
    /** Of the last try; a new one for each. */
    error: register.error,
    isReady: draft.username.trim() !== "" && (draft.way === "generate" || password !== ""),
    errors: {
      username: isTaken ? t.people.usernameTaken : about("username"),
      email: about("email"),
      password: about("password"),
      accounts: about("cuentas"),
      whole: register.error && !isAtAField ? (problem?.message ?? t.shell.lost) : null,
    },
    submit,
  };
}
