import { expect, test } from "vitest";
import { Problem, type FieldProblem } from "../../api/problem";
import { brokenRecordsIn } from "./brokenRecords";

const refusal = (error_code: "RECORDS_BREAK_RULE" | "VALIDATION_FAILED", errors: FieldProblem[]) =>
  new Problem(new Response(null, { status: 409 }), { error_code, errors });
const ERROR = { field: "records.0199-a", code: "missing", message: "Falta." } as const;

test("a rule that records break names them", () => {
  expect(brokenRecordsIn(refusal("RECORDS_BREAK_RULE", [ERROR]))).toEqual([{ record: "0199-a", message: "Falta." }]);
});

test("another refusal names none", () => {
  expect(brokenRecordsIn(refusal("VALIDATION_FAILED", [ERROR]))).toEqual([]);
});
