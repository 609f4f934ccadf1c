import type * as es from "../es/deleted";

export const deleted: typeof es.deleted = {
  accounts: "Deleted accounts",
  people: "Deleted people",
  note: (days) => `They can be restored for ${days} days. Until then their names stay taken.`,
  since: (when) => `Deleted ${when}`,
  until: (day) => `gone for good on ${day}`,
  restore: "Restore",
  restoreOf: (name) => `Restore ${name}`,
  restoredAccount: (name) => `${name} is among the accounts again, with its data`,
  restoredPerson: (name) => `${name} can sign in again`,
  restoredDisabled: (name) => `${name} is in the list again, without access as before`,
  overtakenAccount:
    "Somebody changed this account meanwhile. What it says now is shown: look at it, and delete it if that is still right.",

  account: "Delete the account",
  action: "Delete",
  accountWhy: (days) => `It disappears with all its data. It can be restored for ${days} days.`,
  accountTitle: (name) => `Delete the account ${name}?`,
  accountGoes: "Its readings, models and forecasts go with it: nobody sees them any more.",
  accountBack: (days) =>
    `For ${days} days you can restore it with everything, also for the people to whom it is assigned. Until then no other account of that name can be added.`,
  accountAfter: "Then it is deleted for good.",
  accountDone: (name) => `${name} is deleted`,

  person: "Delete the person",
  personWhy: (days) => `They leave the list and cannot sign in. They can be restored for ${days} days.`,
  personTitle: (name) => `Delete ${name}?`,
  personGoes: "They cannot sign in, and their sessions end at once.",
  personBack: (days) =>
    `For ${days} days you can restore them with their role, assigned accounts and password. Until then nobody else can have that username.`,
  personAfter:
    "Then they are deleted for good, with the views that they kept, shared ones too. What they did stays on record.",
  personDone: (name) => `${name} is among the deleted people`,
};
