import type { AccountSummary } from "../../api/accountSummary";
import type { Path } from "../../api/forecasts";
import { Note } from "../../components/Badge";
import { useAttentionText } from "../overview/useAttentionText";

/** What a reader should know of this forecast. The API tells days outside the 95 % interval: of 80 % one in five is. */
export function Warnings({
  path,
  summary,
}: {
  path: Path | null | undefined;
  summary: AccountSummary | null | undefined;
}) {
  const written = useAttentionText();
  const outside = summary?.attention.filter(({ code }) => code === "OUTSIDE_INTERVAL") ?? [];
  const warnings = path?.warning_texts ?? [];
  if (outside.length + warnings.length === 0) return null;
  return (
    <ul className="warnings">
      {outside.map((item) => (
        <li key={item.code}>
          <Note tone="warn" icon="alert">
            <bdi className="strong">{summary?.cuenta}</bdi> {written(item)}
          </Note>
        </li>
      ))}
      {warnings.map(({ code, message }) => (
        <li key={code}>
          <Note tone="warn" icon="alert">
            {message}
          </Note>
        </li>
      ))}
    </ul>
  );
}
