import type { CovariateOutcome } from "../../api/covariates";
import type { Compared } from "../../api/models";
import { Badge, Note } from "../../components/Badge";
import { Card } from "../../components/Card";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { useCovariateNames } from "../covariates/useCovariateNames";
import { decimalsOf } from "./verdict";

/** The normal quantile of a 95 % interval. */
const AT_95 = 1.96;

/** What the backtest said of the tables that the training looked at, and what serves without them. */
export function CovariatesFound({ comparison }: { comparison: Compared }) {
  const t = useText();
  const f = useFormat();
  const words = t.covariates;
  const nameOf = useCovariateNames(true);
  const { covariates, best_model, without_covariates } = comparison;
  const error = (mae: number) => f.number(mae, decimalsOf(mae));
  return (
    <Card title={words.found} note={words.foundNote} flush>
      {best_model && without_covariates && (
        <div className="card-body pad-bottom-s">
          <Note>{words.without(error(best_model.mae), error(without_covariates.mae))}</Note>
        </div>
      )}
      <div className="table-wrap">
        <table className="model-cards">
          <thead>
            <tr>
              <th scope="col">{words.foundName}</th>
              <th scope="col">{words.foundVerdict}</th>
              <th className="num" scope="col">
                {words.foundEffect}
              </th>
              <th className="num" scope="col">
                {words.foundDays}
              </th>
              <th className="num" scope="col">
                {words.foundWithout}
              </th>
              <th className="num" scope="col">
                {words.foundWith}
              </th>
            </tr>
          </thead>
          <tbody>
            {covariates.map((outcome) => (
              <FoundRow key={outcome.name} outcome={outcome} name={nameOf(outcome.name)} />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function FoundRow({ outcome, name }: { outcome: CovariateOutcome; name: string }) {
  const t = useText();
  const f = useFormat();
  const words = t.covariates;
  const { kept, verdict, basis, effect, standard_error, days, mae_without, mae_with } = outcome;
  const decimals = decimalsOf(Math.abs(effect));
  const error = (mae: number) => (days === 0 ? "–" : `±${f.number(mae, decimalsOf(mae_without))}`);
  return (
    <tr>
      <td className="c-title">
        <bdi className="strong">{name}</bdi>
      </td>
      <td data-label={words.foundVerdict}>
        <span>
          <span className="row-tight wrap-line">
            <Badge tone={kept ? "acc" : "neutral"} icon={kept ? "check" : "x"}>
              {words.verdicts[verdict]}
            </Badge>
            {basis === "declared" && <Badge title={words.declaredWhy}>{words.declared}</Badge>}
          </span>
          <span className="sub-line wraps">{words.verdictsWhy[verdict]}</span>
        </span>
      </td>
      <td className="num" data-label={words.foundEffect}>
        {standard_error > 0 ? `${f.signed(effect, decimals)} ± ${f.number(AT_95 * standard_error, decimals)}` : "–"}
      </td>
      <td className="num" data-label={words.foundDays}>
        {f.number(days)}
      </td>
      <td className="num" data-label={words.foundWithout}>
        {error(mae_without)}
      </td>
      <td className="num" data-label={words.foundWith}>
        {error(mae_with)}
      </td>
    </tr>
  );
}
