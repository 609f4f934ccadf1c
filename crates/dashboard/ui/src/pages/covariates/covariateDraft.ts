import type { Aggregate, Covariate, CovariateRequest } from "../../api/covariates";
import type { FieldType, Table, TableField } from "../../api/tables";

/** What is chosen of a covariate, as far as it is. Fields are named; "" is none. */
export interface CovariateDraft {
  table: string;
  date: string;
  aggregate: Aggregate;
  value: string;
  account: string;
  lag: string;
  knownSince: string;
}

export const AGGREGATES: readonly Aggregate[] = ["flag", "count", "sum", "mean", "max"];
const LONGEST_LAG = 30;
export const MOST_COVARIATES = 8;

const DAYS: readonly FieldType[] = ["DATE", "DATETIME"];
const NUMBERS: readonly FieldType[] = ["NUMBER", "INTEGER"];
const ACCOUNTS: readonly FieldType[] = ["TEXT", "CHOICE"];

const ofTypes = (table: Table | undefined, types: readonly FieldType[]): TableField[] =>
  (table?.fields ?? []).filter((field) => types.includes(field.field_type));

export const dayFields = (table: Table | undefined) => ofTypes(table, DAYS);
export const accountFields = (table: Table | undefined) => ofTypes(table, ACCOUNTS);

/** The fields whose values an aggregate is made of. */
export function valueFields(table: Table | undefined, aggregate: Aggregate): TableField[] {
  if (aggregate === "count") return [];
  return ofTypes(table, aggregate === "flag" ? ["BOOLEAN"] : NUMBERS);
}

export const needsValue = (aggregate: Aggregate): boolean => aggregate !== "flag" && aggregate !== "count";

/** A draft about a table, with what there is to choose only one of. */
export function draftFor(table: Table | undefined): CovariateDraft {
  const date = dayFields(table)[0]?.name ?? "";
  return { table: table?.name ?? "", date, aggregate: "flag", value: "", account: "", lag: "0", knownSince: "" };
}

/** The same with another aggregate, and with a value where that needs one. */
export function withAggregate(draft: CovariateDraft, table: Table | undefined, aggregate: Aggregate): CovariateDraft {
  const first = needsValue(aggregate) ? (valueFields(table, aggregate)[0]?.name ?? "") : "";
  return { ...draft, aggregate, value: first };
}

/** What is set already, to be changed. */
export const draftOf = (covariate: Covariate): CovariateDraft => ({
  table: covariate.entity,
  date: covariate.date_field,
  aggregate: covariate.aggregate,
  value: covariate.value_field ?? "",
  account: covariate.account_field ?? "",
  lag: String(covariate.lag_days),
  knownSince: covariate.known_since_field ?? "",
});

/** Whether that is a number of days that a record may lag. */
export const isLag = (text: string): boolean => /^\d{1,2}$/.test(text.trim()) && Number(text) <= LONGEST_LAG;

/** Null while something is missing. */
export function requestOf(draft: CovariateDraft): CovariateRequest | null {
  if (!draft.table || !draft.date || !isLag(draft.lag) || (needsValue(draft.aggregate) && !draft.value)) return null;
  return {
    entity: draft.table,
    date_field: draft.date,
    aggregate: draft.aggregate,
    value_field: draft.value || null,
    account_field: draft.account || null,
    lag_days: Number(draft.lag),
    known_since_field: draft.knownSince || null,
  };
}

/** One that is set already, to be sent again among others. */
export function requestAgain(covariate: Covariate): CovariateRequest {
  const { entity, date_field, value_field, aggregate, account_field, lag_days, known_since_field } = covariate;
  return { entity, date_field, value_field, aggregate, account_field, lag_days, known_since_field };
}
