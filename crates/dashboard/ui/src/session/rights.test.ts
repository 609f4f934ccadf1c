import { expect, test } from "vitest";
import { may, type Right, type Role } from "./rights";

const RIGHTS: Right[] = [
  "read-forecasts",
  "write-data",
  "read-records",
  "write-records",
  "define-tables",
  "read-digits",
  "manage",
  "platform",
];

test.each<[Role, Right[]]>([
  ["viewer", ["read-forecasts", "read-records", "read-digits"]],
  ["user", ["read-forecasts", "write-data", "read-records", "write-records", "read-digits"]],
  [
    "admin",
    ["read-forecasts", "write-data", "read-records", "write-records", "define-tables", "read-digits", "manage"],
  ],
  ["superadmin", ["platform"]],
])("%s is offered what the API allows", (role, rights) => {
  expect(RIGHTS.filter((right) => may(role, right))).toEqual(rights);
});
