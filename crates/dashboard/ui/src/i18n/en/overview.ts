import type * as es from "../es/overview";

export const overview: typeof es.overview = {};
