import { useCallback } from "react";
import { useCovariates } from "../../api/covariates";
import { useTables } from "../../api/tables";
import { useText } from "../../i18n/text";
import { covariateName } from "./covariateName";

/** Says the names of covariates as people know them. One that trainings no longer look at keeps the program's name. */
export function useCovariateNames(isWanted: boolean): (name: string) => string {
  const t = useText();
  const covariates = useCovariates(isWanted).data;
  const tables = useTables(isWanted).data;
  return useCallback(
    (name) => {
      const covariate = covariates?.find((one) => one.name === name);
      return covariate && tables ? covariateName(covariate, tables, t.covariates.names) : name;
    },
    [covariates, tables, t],
  );
}
