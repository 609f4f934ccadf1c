// What is measured: screens of the demonstration, most of them behind the sign-in.
import { PEOPLE } from "../../tests/browser/support/people.mjs";

export const WHO = PEOPLE.admin;
export const SIGN_IN = { name: "sign-in", path: "/app/" };
export const OVERVIEW = { name: "overview", path: "/app/", isSignedIn: true };
export const ACCOUNT = { name: "an account", path: "/app/accounts/Interbank", isSignedIn: true };

/** Medians are of so many. */
export const ROUNDS = 5;
