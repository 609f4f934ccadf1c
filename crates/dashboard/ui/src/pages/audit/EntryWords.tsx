import type { AuditEntry } from "../../api/audit";
import { Badge, type Tone } from "../../components/Badge";
import { Icon, type IconName } from "../../components/Icon";
import { useText } from "../../i18n/text";

/** What was done needs nobody's attention, so that it stands without a ground. */
const LOOKS: Record<Exclude<AuditEntry["outcome"], "success">, { tone: Tone; icon: IconName }> = {
  failure: { tone: "warn", icon: "alert" },
  denied: { tone: "bad", icon: "lock" },
};

export function OutcomeBadge({ entry: { action, outcome } }: { entry: AuditEntry }) {
  const t = useText();
  // A browser whose session somebody ended asks once more; that it is refused is as it should be.
  if (action === "refresh_refused") return <Badge icon="info">{t.audit.sessionOver}</Badge>;
  if (outcome === "success")
    return (
      <span className="muted small nowrap">
        <Icon name="check" small /> {t.audit.outcomes.success}
      </span>
    );
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
