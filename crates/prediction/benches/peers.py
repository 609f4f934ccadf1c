"""OWA (M4 competition, m = 1) of statsforecast's models and of Prophet on the windows of a set: what docs/forecasting.md
compares Atalaya with.

    python peers.py SET.train.csv SET.test.csv      # needs statsforecast, prophet and pandas

Each window is fitted on its training part alone, with missing days bridged linearly, at most its last 1,000 points, and
with and without a weekly season where it is long enough for one. The mean of the windows of a set is printed.
"""

import logging
import sys
import warnings

import numpy as np
import pandas as pd
from prophet import Prophet
from statsforecast.models import AutoARIMA, AutoETS, AutoTheta

LONGEST = 1_000
SEASON = 7

warnings.filterwarnings("ignore")
logging.getLogger("cmdstanpy").disabled = True


def days(series: pd.DataFrame) -> pd.Series:
    values = pd.Series(series["y"].to_numpy(float), index=pd.to_datetime(series["ds"]))
    return values.resample("D").last().interpolate().tail(LONGEST)


def prophet(history: pd.Series, dates: pd.DatetimeIndex) -> np.ndarray:
    model = Prophet()
    model.fit(pd.DataFrame({"ds": history.index, "y": history.to_numpy()}))
    return model.predict(pd.DataFrame({"ds": dates}))["yhat"].to_numpy()


def stats(make, season: int):
    def forecast(history: pd.Series, dates: pd.DatetimeIndex) -> np.ndarray:
        steps = (dates - history.index[-1]).days
        mean = make(season_length=season).forecast(y=history.to_numpy(), h=int(max(steps)))["mean"]
        return mean[steps - 1]

    return forecast


MODELS = {
    "Naive": lambda history, dates: np.full(len(dates), history.iloc[-1]),
    "AutoTheta": stats(AutoTheta, 1),
    "AutoTheta, weekly": stats(AutoTheta, SEASON),
    "AutoETS": stats(AutoETS, 1),
    "AutoETS, weekly": stats(AutoETS, SEASON),
    "AutoARIMA": stats(AutoARIMA, 1),
    "AutoARIMA, weekly": stats(AutoARIMA, SEASON),
    "Prophet": prophet,
}


def main(train: str, test: str) -> None:
    histories = {name: days(series) for name, series in pd.read_csv(train).groupby("unique_id")}
    scores = {name: [] for name in MODELS}
    for name, series in pd.read_csv(test).groupby("unique_id"):
        history, dates = histories[name], pd.DatetimeIndex(series["ds"])
        truth, scale = series["y"].to_numpy(float), np.mean(np.abs(np.diff(history.to_numpy())))
        for model, forecast in MODELS.items():
            if model.endswith("weekly") and len(history) < 2 * SEASON + 1:
                scores[model].append((np.nan, np.nan))
                continue
            answer = forecast(history, dates)
            error, of_both = np.abs(truth - answer), (np.abs(truth) + np.abs(answer)) / 2
            smape = 100 * np.mean(np.divide(error, of_both, out=np.zeros_like(error), where=of_both > 0))
            scores[model].append((smape, np.mean(error) / scale if scale > 0 else np.nan))
    naive = np.nanmean(np.array(scores["Naive"]), axis=0)
    for model, of_windows in scores.items():
        print(f"{model:<20}{np.mean(np.nanmean(np.array(of_windows), axis=0) / naive):8.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
