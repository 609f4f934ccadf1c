import type * as es from "../es/accounts";

export const accounts: typeof es.accounts = {};
