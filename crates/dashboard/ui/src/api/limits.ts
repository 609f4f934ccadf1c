/** The days ahead that the API forecasts: at most so many, and the page offers no fewer than a week. */
export const SHORTEST_HORIZON = 7;
export const LONGEST_HORIZON = 400;

/** The most days that one answer about anomalies covers. */
export const ANOMALY_DAYS = 400;

/** The level of the intervals that dates are held against, in percent. */
export const ANOMALY_LEVEL = 95;

/** The days with data that the overview counts at most. */
export const COUNTED_DAYS = 92;

/** What is deleted can be restored for so many days. */
export const KEPT_DAYS = 30;
