import type { Action, AuditQuery, Outcome } from "../../api/audit";
import { useUrlState } from "../../components/useUrlState";
import type { Dictionary } from "../../i18n/es";
import { useText } from "../../i18n/text";

type Name = "from" | "to" | "actor" | "action" | "outcome" | "target" | "company";
type Values = Record<Name, string>;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What the log is narrowed by; in the address, so that a colleague sees the same entries. */
export function useAuditFilters() {
  const t = useText();
  const [from, setFrom] = useUrlState<string>("from", "");
  const [to, setTo] = useUrlState<string>("to", "");
  const [actor, setActor] = useUrlState<string>("actor", "");
  const [action, setAction] = useUrlState<string>("action", "");
  const [outcome, setOutcome] = useUrlState<string>("outcome", "");
  const [target, setTarget] = useUrlState<string>("target", "");
  const [company, setCompany] = useUrlState<string>("company", "");
  const values = { from, to, actor, action, outcome, target, company };
  return {
    values,
    set: {
      from: setFrom,
      to: setTo,
      actor: setActor,
      action: setAction,
      outcome: setOutcome,
      target: setTarget,
      company: setCompany,
    },
    clear: () => {
      for (const empty of [setFrom, setTo, setActor, setAction, setOutcome, setTarget]) empty("");
    },
    isUsed: [from, to, actor, action, outcome, target].some((value) => value !== ""),
    query: queryOf(values, t),
  };
}

export type AuditFilters = ReturnType<typeof useAuditFilters>;

const isAction = (word: string, t: Dictionary): word is Action => Object.hasOwn(t.audit.actions, word);
const isOutcome = (word: string, t: Dictionary): word is Outcome => Object.hasOwn(t.audit.outcomes, word);

/** What the API is asked for. An address that somebody mistyped asks for less, and not for what does not exist. */
export function queryOf(values: Values, t: Dictionary): AuditQuery {
  const { from, to, actor, action, outcome, target, company } = values;
  return {
    ...(DAY.test(from) && { from }),
    ...(DAY.test(to) && { to }),
    ...(actor && { actor }),
    ...(isAction(action, t) && { action }),
    ...(isOutcome(outcome, t) && { outcome }),
    ...(target && { target }),
    ...(/^[1-9]\d{0,15}$/.test(company) && { empresa_id: Number(company) }),
  };
}
