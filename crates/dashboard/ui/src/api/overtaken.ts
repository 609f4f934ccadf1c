import { readAudit, type AuditEntry, type AuditQuery } from "./audit";
import type { Tagged } from "./client";
import { Problem } from "./problem";

/** Somebody changed the same thing between the reading and the change of it. */
export class Overtaken extends Error {
  override readonly name = "Overtaken";
  /** Who it was and when, where the audit log tells. */
  readonly by: AuditEntry | null;

  constructor(by: AuditEntry | null) {
    super("overtaken");
    this.by = by;
  }
}

interface Change<T> {
  /** What the person saw when they made their change. */
  shown: T;
  read: () => Promise<Tagged<T>>;
  write: (etag: string | null) => Promise<T>;
  /** Whether two readings say the same of what can be changed; the last access, for one, moves by itself. */
  isSame: (one: T, other: T) => boolean;
  /** Where the audit log tells who changed it. */
  log: AuditQuery;
}

const MOST_TRIES = 3;

/** Changes exactly what was shown. Where somebody was faster, nothing is changed, and who it was is told. */
export async function changeAsShown<T>({ shown, read, write, isSame, log }: Change<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const now = await read();
    if (!isSame(shown, now.data)) throw new Overtaken(await lastChange(log));
    try {
      return await write(now.etag);
    } catch (error) {
      const isChanged = error instanceof Problem && error.code === "PRECONDITION_FAILED";
      if (!isChanged || tries === MOST_TRIES) throw error;
    }
  }
}

/** The header that binds a change to what was read. */
export const ifMatch = (etag: string | null): { "If-Match"?: string } => (etag === null ? {} : { "If-Match": etag });

const OF_PEOPLE_AND_COMPANIES: readonly AuditEntry["action"][] = [
  "role_changed",
  "user_changed",
  "user_disabled",
  "user_enabled",
  "user_deleted",
  "user_restored",
  "accounts_assigned",
  "company_changed",
  "company_suspended",
  "company_resumed",
];

async function lastChange(query: AuditQuery): Promise<AuditEntry | null> {
  try {
    const page = await readAudit({ ...query, outcome: "success", limit: 20 });
    return page.entries.find((entry) => OF_PEOPLE_AND_COMPANIES.includes(entry.action)) ?? null;
  } catch {
    // The change was refused for a good reason; that nobody can tell by whom is no reason to say otherwise.
    return null;
  }
}
