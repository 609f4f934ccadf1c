import type * as es from "../es/companies";

export const companies: typeof es.companies = {};
