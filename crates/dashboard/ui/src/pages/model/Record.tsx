import type { ModelInfo } from "../../api/models";
import { BacktestCard } from "./BacktestCard";
import { CoverageCard } from "./CoverageCard";
import { SoFar } from "./SoFar";

/** How the forecasts turned out: those of dates that have come, and those that the backtest made of the past. */
export function Record({ info }: { info: ModelInfo }) {
  return (
    <>
      <SoFar handle={info.account_name} />
      <BacktestCard info={info} />
      <CoverageCard info={info} />
    </>
  );
}
