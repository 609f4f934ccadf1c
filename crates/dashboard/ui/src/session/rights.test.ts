import { expect, test } from "vitest";
import { may, type Right, type Role } from "./rights";

const RIGHTS: Right[] = [
  "read-forecasts",
  "write-data",
  "read-records",
  "write-records",
  "define-tables",
  "manage",
  "platform",
];

test.each<[Role, Right[]]>([
  ["viewer", ["read-forecasts", "read-records"]],
  ["user", ["read-forecasts", "write-data", "read-records", "write-records"]],
  ["admin", ["read-forecasts", "write-data", "read-records", "write-records", "define-tables", "manage"]],
  ["superadmin", ["platform"]],
])("%s is offered what the API allows", (role, rights) => {
  expect(RIGHTS.filter((right) => may(role, right))).toEqual(rights);
});
