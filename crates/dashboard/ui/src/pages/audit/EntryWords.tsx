import type { AuditEntry } from "../../api/audit";
import { Badge, type Tone } from "../../components/Badge";
import type { IconName } from "../../components/Icon";
import { useText } from "../../i18n/text";

const LOOKS: Record<AuditEntry["outcome"], { tone: Tone; icon: IconName }> = {
  success: { tone: "neutral", icon: "check" },
  failure: { tone: "warn", icon: "alert" },
  denied: { tone: "bad", icon: "lock" },
};

export function OutcomeBadge({ outcome }: { outcome: AuditEntry["outcome"] }) {
  const t = useText();
  return <Badge {...LOOKS[outcome]}>{t.audit.outcomes[outcome]}</Badge>;
}

/** By whom. Without a user's number it is one of a few words that no user may be called. */
export function useActorName(): (entry: AuditEntry) => string {
  const t = useText();
  return ({ actor, actor_id }) => {
    const known: Record<string, string> = t.audit.actors;
    return actor_id === null ? (known[actor] ?? actor) : actor;
  };
}
