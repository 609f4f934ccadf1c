import { beforeEach, describe, expect, it, vi } from "vitest";
import type { AuditEntry } from "./audit";
import { changeAsShown, Overtaken } from "./overtaken";
import { Problem } from "./problem";

const readAudit = vi.hoisted(() => vi.fn());
vi.mock("./audit", () => ({ readAudit }));

interface Thing {
  role: string;
  seen: number;
}

const entry = (action: AuditEntry["action"]): AuditEntry => ({
  seq: 9,
  at: "2026-11-29T10:32:00Z",
  actor_id: 2,
  actor: "rosa.nunez",
  action,
  target: "ana.torres",
  address: null,
  request_id: null,
  outcome: "success",
  count: 1,
});
const changed = () =>
  new Problem(new Response(null, { status: 412 }), { error_code: "PRECONDITION_FAILED", detail: "changed" });
const shown: Thing = { role: "user", seen: 1 };
const isSame = (one: Thing, other: Thing) => one.role === other.role;
const log = { target: "ana.torres" };

beforeEach(() => {
  readAudit.mockReset().mockResolvedValue({ entries: [entry("login"), entry("role_changed")], next_cursor: null });
});

describe("a change of what was shown", () => {
  it("is bound to what was read just before", async () => {
    const write = vi.fn().mockResolvedValue({ role: "viewer", seen: 1 });
    await changeAsShown({ shown, isSame, log, write, read: async () => ({ data: shown, etag: '"a"' }) });
    expect(write.mock.calls).toEqual([['"a"']]);
  });

  it("is repeated where only something moved that cannot be changed", async () => {
    const read = vi
      .fn()
      .mockResolvedValueOnce({ data: shown, etag: '"a"' })
      .mockResolvedValueOnce({ data: { ...shown, seen: 2 }, etag: '"b"' });
    const write = vi.fn().mockRejectedValueOnce(changed()).mockResolvedValueOnce(shown);
    await changeAsShown({ shown, isSame, log, write, read });
    expect(write.mock.calls).toEqual([['"a"'], ['"b"']]);
  });

  it("is not made where somebody was faster, and tells who", async () => {
    const write = vi.fn();
    const read = async () => ({ data: { role: "admin", seen: 1 }, etag: '"b"' });
    const refusal = await changeAsShown({ shown, isSame, log, write, read }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Overtaken);
    expect((refusal as Overtaken).by).toEqual(entry("role_changed"));
    expect(write).not.toHaveBeenCalled();
  });

  it("says that somebody was faster also where the audit log cannot be read", async () => {
    readAudit.mockRejectedValue(new Error("unreachable"));
    const read = async () => ({ data: { role: "admin", seen: 1 }, etag: null });
    const refusal = await changeAsShown({ shown, isSame, log, write: vi.fn(), read }).catch((error: unknown) => error);
    expect((refusal as Overtaken).by).toBeNull();
  });

  it("tells any other refusal as it is", async () => {
    const refusal = new Problem(new Response(null, { status: 409 }), { error_code: "LAST_ADMIN" });
    const write = vi.fn().mockRejectedValue(refusal);
    const read = async () => ({ data: shown, etag: '"a"' });
    await expect(changeAsShown({ shown, isSame, log, write, read })).rejects.toBe(refusal);
    expect(write).toHaveBeenCalledOnce();
  });
});
