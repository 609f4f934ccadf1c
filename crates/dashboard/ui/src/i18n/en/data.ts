import type * as es from "../es/data";

export const data: typeof es.data = {};
