import type * as es from "../es/model";

export const model: typeof es.model = {};
