import type { components } from "../api/schema";

export type Role = components["schemas"]["RoleWord"];

/** What a screen offers. The API decides again; hiding is a courtesy and not a wall. */
export type Right = "read-forecasts" | "write-data" | "manage" | "read-audit" | "platform";

const RIGHTS: Record<Role, readonly Right[]> = {
  superadmin: ["platform", "read-audit"],
  admin: ["read-forecasts", "write-data", "manage", "read-audit"],
  user: ["read-forecasts", "write-data"],
  viewer: ["read-forecasts"],
};

export const may = (role: Role, right: Right): boolean => RIGHTS[role].includes(right);
