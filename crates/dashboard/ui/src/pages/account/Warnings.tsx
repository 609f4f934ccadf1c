import type { AccountSummary } from "../../api/accountSummary";
import type { Path } from "../../api/forecasts";
import { Note } from "../../components/Badge";

/** What a reader should know of this forecast, in the API's words. */
export function Warnings({
  path,
  summary,
}: {
  path: Path | null | undefined;
  summary: AccountSummary | null | undefined;
}) {
  const outside = summary?.attention.filter(({ code }) => code === "OUTSIDE_INTERVAL") ?? [];
  const warnings = path?.warning_texts ?? [];
  if (outside.length + warnings.length === 0) return null;
  return (
    <ul className="warnings">
      {outside.map(({ code, message }) => (
        <li key={code}>
          <Note tone="bad" icon="alert">
            {message}
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
