import type { Format } from "../../format/useFormat";
import type { Dictionary } from "../../i18n/es";

const UPLOAD = /^(.+): (\d+) inserted, (\d+) updated(?:, (\d+) skipped)?$/;
const VERSION = /^(.+): version (\d+)$/;

/** What an entry is about in the reader's words; the log itself keeps one form for all languages. */
export function targetText(target: string, { audit }: Dictionary, format: Pick<Format, "number">): string {
  const [, account = "", inserted, updated, skipped = "0"] = UPLOAD.exec(target) ?? [];
  if (inserted !== undefined && updated !== undefined) {
    const counts = [
      [Number(inserted), audit.targetNew],
      [Number(updated), audit.targetChanged],
      [Number(skipped), audit.targetSkipped],
    ] as const;
    const told = counts.filter(([count]) => count > 0).map(([count, say]) => say(format.number(count), count === 1));
    return `${account}: ${told.join(", ")}`;
  }
  const [, model, version] = VERSION.exec(target) ?? [];
  return model && version ? audit.targetVersion(model, format.number(Number(version))) : target;
}
