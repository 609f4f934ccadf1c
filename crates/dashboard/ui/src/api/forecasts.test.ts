import { beforeEach, expect, it, vi } from "vitest";
import { longestPath } from "./forecasts";
import { Problem } from "./problem";
import { send } from "./transport";

vi.mock("./transport");
vi.mock("../session/session", () => ({ session: { token: async () => "t" } }));

/** How far the model reaches, and what else is wrong. */
let reach: number;
let refusal: object | null;
let asked: number[];

beforeEach(() => {
  asked = [];
  refusal = null;
  vi.mocked(send).mockImplementation(async (request) => {
    if (request.url.includes("/model-info/")) return Response.json({ forecasts_until: `2026-12-${10 + reach}` });
    const { h } = (await request.json()) as { h: number };
    asked.push(h);
    if (refusal) return Response.json(refusal, { status: 422 });
    if (h > reach) return Response.json({ errors: [{ field: "h", code: "too_large", message: "" }] }, { status: 422 });
    return Response.json({ forecast: [{ fecha: "2026-12-11", horizon_days: 1 }] });
  });
});

const longest = () => longestPath("Interbank", new AbortController().signal);

it("asks once where the model reaches as far as the page looks", async () => {
  reach = 400;
  await longest();
  expect(asked).toEqual([400]);
});

it("asks as far as a model of hours reaches", async () => {
  reach = 14;
  await longest();
  expect(asked).toEqual([400, 1, 14]);
});

it("tells any other refusal", async () => {
  reach = 400;
  refusal = { error_code: "VALIDATION_FAILED", errors: [{ field: "version", code: "too_small", message: "" }] };
  await expect(longest()).rejects.toBeInstanceOf(Problem);
  expect(asked).toEqual([400]);
});
