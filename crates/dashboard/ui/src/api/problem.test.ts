import { expect, it } from "vitest";
import { Problem } from "./problem";

it("tells every broken rule of a field, of its items too, and how to mend it", () => {
  const problem = new Problem(new Response(null, { status: 422 }), {
    errors: [
      { field: "password", code: "too_short", message: "Too short.", hint: "Add a word." },
      { field: "password", code: "no_digit", message: "No digit." },
      { field: "cuentas[1]", code: "unknown_account", message: "Unknown." },
    ],
  });
  expect(problem.allAbout("password")).toBe("Too short. Add a word. No digit.");
  expect(problem.allAbout("cuentas")).toBe("Unknown.");
  expect(problem.allAbout("username")).toBeUndefined();
});
