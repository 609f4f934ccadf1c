import type { Installation } from "../../api/installation";
import type { components } from "../../api/schema";
import { Badge, type Tone } from "../../components/Badge";
import { Card } from "../../components/Card";
import { Icon, type IconName } from "../../components/Icon";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";

type Word = components["schemas"]["HealthWord"];

const LOOKS: Record<Word, { tone: Tone; icon: IconName }> = {
  healthy: { tone: "ok", icon: "check" },
  warning: { tone: "warn", icon: "alert" },
  unhealthy: { tone: "bad", icon: "alert" },
};
const GRAVITY: Record<Word, number> = { unhealthy: 0, warning: 1, healthy: 2 };

/** What the server watches of itself: what is not well first, with its cause and what to do. */
export function Checks({ health, at }: { health: Installation["health"]; at: number }) {
  const t = useText();
  const format = useFormat();
  const { checks, details } = health;
  const all = Object.entries(checks).sort(([, one], [, other]) => GRAVITY[one] - GRAVITY[other]);
  const worst = all[0]?.[1] ?? "healthy";
  return (
    <Card
      title={t.installation.title}
      note={t.installation.checkedAt(format.time(new Date(at)))}
      flush
      actions={<Badge {...LOOKS[worst]}>{t.installation[worst]}</Badge>}
    >
      <ul className="list">
        {all.map(([part, word]) => (
          <li key={part} className={`list-line check-${word}`}>
            <Icon name={LOOKS[word].icon} />
            <div className="grow">
              <p className="strong">{t.installation.checks[part] ?? part}</p>
              {details?.[part] && <p className="small soft">{details[part]}</p>}
            </div>
            <span className="small muted">{t.installation.state[word]}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
