import type * as es from "../es/account";

export const account: typeof es.account = {};
