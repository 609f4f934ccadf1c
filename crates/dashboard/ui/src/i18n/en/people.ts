import type * as es from "../es/people";

export const people: typeof es.people = {};
