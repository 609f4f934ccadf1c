import type { AuditEntry } from "../../api/audit";
import type { Format } from "../../format/useFormat";
import type { Dictionary } from "../../i18n/es";
import { targetText } from "./targetText";

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** Whose session it was, before its number. */
const SESSION_OF = /^(\S+) [\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** What an entry is about, in the reader's words; names stay as they are, and what is not known comes as it is. */
export function aboutOf({ action, actor, target }: AuditEntry, t: Dictionary, f: Format): string | null {
  if (target === null) return null;
  const words = t.audit.abouts;
  const job = /^(?:(.*): )?(train|train_all)$/.exec(target);
  if (job) return job[1] ? `${job[1]}: ${words.train}` : words.trainAll;
  if (UUID.test(target)) return action === "logout" ? words.sessionOf(actor) : words.session;
  const [, owner] = SESSION_OF.exec(target) ?? [];
  if (owner !== undefined) return words.sessionOf(owner);
  const refused = /^([A-Z]+) \/\S*(?:: ([A-Z_]+))?$/.exec(target);
  if (refused) {
    const known: Record<string, string> = words.codes;
    const tried = refused[1] === "GET" ? words.reading : refused[1] === "DELETE" ? words.deleting : words.writing;
    const why = refused[2] && known[refused[2]];
    return why ? `${tried}: ${why}` : tried;
  }
  return targetText(target, t, f);
}
