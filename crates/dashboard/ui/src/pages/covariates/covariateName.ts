import type { Covariate } from "../../api/covariates";
import type { Table } from "../../api/tables";
import type { Dictionary } from "../../i18n/es";

type Words = Dictionary["covariates"]["names"];

/** What people call a covariate: by the names of its table and of the field whose values count. */
export function covariateName(covariate: Covariate, tables: readonly Table[], words: Words): string {
  const { name, aggregate, lag_days } = covariate;
  const table = tables.find((one) => one.name === covariate.entity);
  const field = table?.fields.find((one) => one.name === covariate.value_field);
  const ofTable = table?.display_name ?? covariate.entity;
  const what = words[aggregate](ofTable, field?.display_name ?? covariate.value_field ?? "");
  // The program numbers those that it would call the same.
  const number = /#(\d+)$/.exec(name)?.[1];
  return `${what}${lag_days > 0 ? words.later(lag_days) : ""}${number ? ` (${number})` : ""}`;
}
