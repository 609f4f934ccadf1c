import type { components } from "./schema";

export type FieldProblem = components["schemas"]["FieldProblem"];
type ProblemBody = components["schemas"]["ProblemBody"];

/** What the API refused, in the reader's language (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  /** The code that never changes, such as `MODEL_NOT_TRAINED`. */
  readonly code: string;
  /** What somebody quotes who asks for help. */
  readonly requestId: string | null;
  readonly fields: readonly FieldProblem[];
  /** Seconds after which the same request may be tried again. */
  readonly retryAfter: number | null;
  /** The same as a moment of this browser's clock, in milliseconds. */
  readonly retryAt: number | null;

  constructor(response: Response, body: Partial<ProblemBody> | null) {
    super(body?.detail ?? `${response.status}`);
    this.status = response.status;
    this.code = body?.error_code ?? "UNKNOWN";
    this.requestId = body?.request_id ?? response.headers.get("x-request-id");
    this.fields = body?.errors ?? [];
    const seconds = Number(response.headers.get("retry-after"));
    this.retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds : null;
    this.retryAt = this.retryAfter === null ? null : Date.now() + this.retryAfter * 1000;
  }

  /** The message for one field, if there is one. */
  about(field: string): string | undefined {
    return this.fields.find((problem) => problem.field === field)?.message;
  }

  /** Every rule that a field breaks, its items too, and how to mend it; one text. */
  allAbout(field: string): string | undefined {
    const broken = this.fields.filter((problem) => problem.field === field || problem.field.startsWith(`${field}[`));
    const texts = broken.flatMap((problem) => [problem.message, problem.hint ?? ""]).filter(Boolean);
    return texts.length > 0 ? [...new Set(texts)].join(" ") : undefined;
  }
}

/** The server did not answer at all: no connection, or it is stopped. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** Nobody is signed in any more; the shell asks for a new login. */
export class SignedOut extends Error {
  override readonly name = "SignedOut";
}

/** Reads the body of a refusal. */
export async function problemOf(response: Response): Promise<Problem> {
  try {
    return new Problem(response, (await response.json()) as ProblemBody);
  } catch {
    return new Problem(response, null);
  }
}
