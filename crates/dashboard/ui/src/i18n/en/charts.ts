import type * as es from "../es/charts";

export const charts: typeof es.charts = {};
