import type { Problem } from "../../api/problem";

/** A record that does not keep a rule as it would be, and why. */
export interface BrokenRecord {
  record: string;
  /** The value that breaks the rule, where it is told. */
  value?: string;
  message: string;
}

const PLACE = "records.";

/** The records that a refused change of a field names; none where it was refused for another reason. */
export const brokenRecordsIn = (problem: Problem): BrokenRecord[] =>
  problem.code === "RECORDS_BREAK_RULE"
    ? problem.fields
        .filter(({ field }) => field.startsWith(PLACE))
        .map(({ field, message }) => ({ record: field.slice(PLACE.length), message }))
    : [];
