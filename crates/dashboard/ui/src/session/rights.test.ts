import { expect, test } from "vitest";
import { may, type Right, type Role } from "./rights";

const RIGHTS: Right[] = ["read-forecasts", "write-data", "manage", "platform"];

test.each<[Role, Right[]]>([
  ["viewer", ["read-forecasts"]],
  ["user", ["read-forecasts", "write-data"]],
  ["admin", ["read-forecasts", "write-data", "manage"]],
  ["superadmin", ["platform"]],
])("%s is offered what the API allows", (role, rights) => {
  expect(RIGHTS.filter((right) => may(role, right))).toEqual(rights);
});
