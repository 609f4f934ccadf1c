import type { components } from "../api/schema";

export type Role = components["schemas"]["RoleWord"];

/** What a screen offers. The API decides again; hiding is a courtesy and not a wall. */
export type Right =
  | "read-forecasts"
  | "write-data"
  | "read-records"
  | "read-digits"
  | "write-records"
  | "define-tables"
  | "manage"
  | "read-audit"
  | "platform";

const RIGHTS: Record<Role, readonly Right[]> = {
  superadmin: ["platform", "read-audit"],
  admin: [
    "read-forecasts",
    "write-data",
    "read-records",
    "write-records",
    "define-tables",
    "read-digits",
    "manage",
    "read-audit",
  ],
  user: ["read-forecasts", "write-data", "read-records", "write-records", "read-digits"],
  viewer: ["read-forecasts", "read-records", "read-digits"],
};

export const may = (role: Role, right: Right): boolean => RIGHTS[role].includes(right);
