import * as account from "./en/account";
import * as accounts from "./en/accounts";
import * as audit from "./en/audit";
import * as charts from "./en/charts";
import * as common from "./en/common";
import * as companies from "./en/companies";
import * as covariates from "./en/covariates";
import * as data from "./en/data";
import * as deleted from "./en/deleted";
import * as digits from "./en/digits";
import * as grouping from "./en/grouping";
import * as imports from "./en/imports";
import * as me from "./en/me";
import * as model from "./en/model";
import * as overview from "./en/overview";
import * as people from "./en/people";
import * as pointing from "./en/pointing";
import * as records from "./en/records";
import * as signIn from "./en/signIn";
import * as tableRules from "./en/tableRules";
import * as tables from "./en/tables";
import * as views from "./en/views";
import type { Dictionary } from "./es";

export const en: Dictionary = {
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
