import * as account from "./es/account";
import * as accounts from "./es/accounts";
import * as audit from "./es/audit";
import * as charts from "./es/charts";
import * as common from "./es/common";
import * as companies from "./es/companies";
import * as covariates from "./es/covariates";
import * as data from "./es/data";
import * as deleted from "./es/deleted";
import * as digits from "./es/digits";
import * as grouping from "./es/grouping";
import * as imports from "./es/imports";
import * as me from "./es/me";
import * as model from "./es/model";
import * as overview from "./es/overview";
import * as people from "./es/people";
import * as pointing from "./es/pointing";
import * as records from "./es/records";
import * as signIn from "./es/signIn";
import * as tableRules from "./es/tableRules";
import * as tables from "./es/tables";
import * as views from "./es/views";

/** Every word of the page. A key that the other language lacks does not compile. */
export const es = {
  ...common,
  ...signIn,
  ...overview,
  ...accounts,
  ...account,
  ...charts,
  ...model,
  ...covariates,
  ...data,
  ...people,
  ...deleted,
  ...tables,
  ...tableRules,
  ...records,
  ...views,
  ...pointing,
  ...grouping,
  ...imports,
  ...digits,
  ...me,
  ...audit,
  ...companies,
};

export type Dictionary = typeof es;
