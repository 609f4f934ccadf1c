import { describe, expect, it } from "vitest";
import type { Person } from "../../api/people";
import { passes } from "./usePeopleFilters";

const ana: Person = {
  id_usuario: 1,
  username: "ana.torres",
  empresa_id: 7,
  rol: "user",
  activo: true,
  must_change_password: true,
  email: "Ana.Núñez@banco.example",
  fecha_creacion: "2026-01-01T00:00:00Z",
  ultimo_acceso: null,
  cuentas: [],
};
const all = { query: "", role: "", state: "" } as const;

describe("the filters of people", () => {
  it("let everybody pass while they are empty", () => {
    expect(passes(ana, all)).toBe(true);
    expect(passes({ ...ana, activo: false }, all)).toBe(true);
  });

  it("find a person by username or e-mail, without accents and capitals", () => {
    expect(passes(ana, { ...all, query: "TORRES" })).toBe(true);
    expect(passes(ana, { ...all, query: "nunez" })).toBe(true);
    expect(passes(ana, { ...all, query: "quispe" })).toBe(false);
    expect(passes({ ...ana, email: null }, { ...all, query: "nunez" })).toBe(false);
  });

  it("tell a temporary password of somebody with access only", () => {
    expect(passes(ana, { ...all, state: "temporary" })).toBe(true);
    expect(passes({ ...ana, activo: false }, { ...all, state: "temporary" })).toBe(false);
    expect(passes(ana, { ...all, state: "disabled" })).toBe(false);
  });

  it("keep to one role", () => {
    expect(passes(ana, { ...all, role: "user" })).toBe(true);
    expect(passes(ana, { ...all, role: "admin" })).toBe(false);
  });
});
