// The README's tour by the types that openapi-typescript makes of the document. That it compiles is half of the test.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Schemas = components["schemas"];

function setting(name: string): string {
  const value = process.env[name];
  assert(value, `${name} is not set`);
  return value;
}

const api = createClient<paths>({ baseUrl: setting("ATALAYA_URL") });
const cuenta = "gira_typescript";

/** The answer of a request that succeeded; what a problem document says otherwise. */
function answer<T>(reply: { data?: T; error?: Schemas["ProblemBody"] | unknown }): T {
  assert(reply.data !== undefined, JSON.stringify(reply.error));
  return reply.data;
}

// Log in.
const login = answer(
  await api.POST("/auth/login", {
    body: {
      username: setting("ATALAYA_ADMIN"),
      password: setting("ATALAYA_ADMIN_PASSWORD"),
      refresh: "body",
      device_name: "gira",
    },
  }),
);
const bank: number | null = login.empresa_id;
const role: Schemas["RoleWord"] = login.rol;
assert(bank !== null && role === "admin" && login.token_type === "bearer");
api.use({
  onRequest({ request }) {
    request.headers.set("Authorization", `Bearer ${login.access_token}`);
    request.headers.set("Accept-Language", "en");
    return request;
  },
});

// One's accounts.
const mine = answer(await api.GET("/auth/my-accounts"));
assert(mine.accounts.some((account) => account.cuenta === "Interbank"));

// An account, and its history as CSV.
const created = answer(await api.POST("/accounts", { body: { cuenta, nombre: "Gira" } }));
const zone: string | null = created.zona_horaria;
assert.equal(zone, null);
const csv = await readFile(setting("ATALAYA_HISTORY"), "utf8");
const upload = answer(
  await api.POST("/accounts/{username}/observations", {
    params: { path: { username: cuenta }, header: { "Idempotency-Key": "gira-1" } },
    headers: { "Content-Type": "text/csv" },
    body: csv as unknown as Schemas["UploadRequest"],
    bodySerializer: (body) => body as unknown as string,
  }),
);
assert("inserted" in upload && upload.inserted === 130);

// Train, at once and as a job.
const trained = answer(
  await api.POST("/regression/train", { body: { username: cuenta, models: ["ridge", "drift"] } }),
);
assert("best_model" in trained && trained.model_version === 1);
const job = await api.POST("/regression/train", {
  params: { header: { Prefer: "respond-async" } },
  body: { username: cuenta },
});
assert.equal(job.response.status, 202);
assert.match(job.response.headers.get("location") ?? "", /^\/jobs\//);
let state: Schemas["JobStateWord"] = "queued";
const id = (job.response.headers.get("location") ?? "").slice("/jobs/".length);
while (state === "queued" || state === "running") {
  state = answer(await api.GET("/jobs/{id}", { params: { path: { id } } })).state;
  await new Promise((resolve) => setTimeout(resolve, 200));
}
assert.equal(state, "succeeded");

// Forecast a date, a path, and a batch whose items end differently.
const forecast = answer(
  await api.GET("/regression/predict/{username}", {
    params: { path: { username: cuenta }, query: { fecha: "2026-09-30" } },
  }),
);
const warnings: Schemas["WarningCode"][] = forecast.warnings;
assert(Number.isInteger(forecast.prediction) && forecast.intervals.length === 2 && Array.isArray(warnings));
const path = answer(
  await api.POST("/regression/forecast/{username}", {
    params: { path: { username: cuenta } },
    body: { h: 3, level: [80] },
  }),
);
assert.equal(path.forecast.length, 3);
const batch = answer(
  await api.POST("/regression/predict-batch", {
    body: {
      items: [
        { username: cuenta, fecha: "2026-09-30" },
        { username: "BCPComunica", fecha: "2026-09-30" },
        { username: cuenta, fecha: "hoy" },
      ],
    },
  }),
);
const told = batch.results.map((item) => {
  // The status tells the two shapes apart.
  if (item.status === 200) {
    const followers: number = item.prediction;
    return followers === forecast.prediction ? "forecast" : "another forecast";
  }
  const code: Schemas["BatchErrorCode"] = item.error_code;
  return code;
});
assert.deepEqual(told, ["forecast", "ACCOUNT_FORBIDDEN", "VALIDATION_FAILED"]);

// A refusal is a problem document.
const refused = await api.GET("/regression/predict/{username}", {
  params: { path: { username: "BCPComunica" }, query: { fecha: "2026-09-30" } },
});
assert(refused.error !== undefined);
const code: Schemas["ErrorCode"] = refused.error.error_code;
assert.equal(code, "ACCOUNT_FORBIDDEN");

// Sessions in pages, and out.
const sessions = answer(await api.GET("/auth/sessions", { params: { query: { limit: 1 } } }));
assert.equal(sessions.sessions.length, 1);
assert.equal((await api.POST("/auth/logout")).response.status, 204);
assert.equal((await api.GET("/auth/me")).response.status, 401);
console.log("the tour in TypeScript is done");
