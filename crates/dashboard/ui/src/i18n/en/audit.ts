import type * as es from "../es/audit";

export const audit: typeof es.audit = {};
