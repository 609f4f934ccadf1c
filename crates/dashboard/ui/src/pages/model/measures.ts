import type { ModelResult } from "../../api/models";
import type { Format } from "../../format/useFormat";

/** The measures that the table hides at first, in the order of its columns. */
export const MORE_MEASURES = [
  { key: "mase", read: (row, format) => format.number(row.mase, 3) },
  { key: "owa", read: (row, format) => format.number(row.owa, 3) },
  { key: "rmse", read: (row, format) => format.number(row.rmse, 1) },
  { key: "smape", read: (row, format) => format.share(row.smape / 100, 3) },
  { key: "r2", read: (row, format) => format.number(row.r2_score, 4) },
  { key: "msis", read: (row, format) => format.number(row.msis_95, 2) },
  { key: "seconds", read: (row, format) => format.number(row.fit_seconds, 2) },
] as const satisfies readonly { key: string; read: (row: ModelResult, format: Format) => string }[];
