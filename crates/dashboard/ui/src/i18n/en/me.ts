import type * as es from "../es/me";

export const me: typeof es.me = {};
