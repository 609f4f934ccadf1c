import { useState } from "react";
import type { ModelInfo } from "../../api/models";
import { Card } from "../../components/Card";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { Bar } from "./Bar";

/** Shown at once; the rest is one click away. */
const FIRST = 6;

export function Members({ members }: { members: ModelInfo["members"] }) {
  const t = useText();
  const format = useFormat();
  const [isWhole, setWhole] = useState(false);
  const heaviest = members[0]?.weight ?? 1;
  const shown = isWhole || members.length <= FIRST + 1 ? members : members.slice(0, FIRST);
  const hidden = members.slice(shown.length);
  return (
    <Card title={t.model.members} note={t.model.membersNote}>
      <ul className="weights">
        {shown.map((member) => (
          <li key={member.model_id}>
            <span>
              <span className="strong">{t.modelNames[member.model_id]}</span>
              <span className="sub-line wraps">{t.modelWhat[member.model_id]}</span>
            </span>
            <span className="n strong">{format.share(member.weight)}</span>
            <Bar share={member.weight / heaviest} />
          </li>
        ))}
        {hidden.length > 0 && (
          <li>
            <button type="button" className="link" onClick={() => setWhole(true)}>
              {t.model.otherMembers(format.number(hidden.length))}
            </button>
            <span className="n strong">{format.share(hidden.reduce((sum, { weight }) => sum + weight, 0))}</span>
          </li>
        )}
      </ul>
    </Card>
  );
}
