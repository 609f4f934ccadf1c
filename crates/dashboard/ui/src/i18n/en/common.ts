import type * as es from "../es/common";

export const common: typeof es.common = {
  loading: "Loading",
  failed: "This could not be shown",
  failedUnknown: "Something failed in this page. Try again; if it stays so, tell your administrator.",
  forbidden: "Your role may not see this",
  forbiddenAccount: "This account is not among yours",
  forbiddenNext: "If you need it for your work, ask your bank's administrator.",
  requestId: "When you ask for help, quote the number",
  retry: "Try again",
  show: "Show",
  hide: "Hide",
  cancel: "Cancel",
  close: "Close",
  save: "Save",
  saved: "Saved",
  copy: "Copy",
  copied: "Copied",
  download: "Download",
  more: "Show more",
  none: "None",
  yes: "Yes",
  no: "No",
  unknown: "not known",
  typeToConfirm: (word) => `To confirm, type ${word}`,
};

export const nav: typeof es.nav = {
  main: "Main",
  administration: "Administration",
  overview: "Overview",
  accounts: "Accounts",
  models: "Models",
  data: "Data",
  tables: "Tables",
  digits: "Read digits",
  people: "People",
  audit: "Audit log",
  companies: "Companies",
  me: "My user account",
};

export const roles: typeof es.roles = {
  superadmin: "Superadministrator",
  admin: "Administrator",
  user: "User",
  viewer: "Viewer",
};

export const shell: typeof es.shell = {
  skip: "Skip to content",
  menu: "Menu",
  platform: "Platform",
  zone: (place) => `${place} time`,
  universalTime: "universal time (UTC)",
  findAccount: "Go to an account",
  noAccountFound: "No account has that name.",
  otherLanguage: "Leer en español",
  lightTheme: "Light theme",
  darkTheme: "Dark theme",
  signOut: "Sign out",
  busy: "The server cannot say right now whether your session goes on. The page asks again by itself.",
  lost: "The server cannot be reached. What you see is kept; the page goes on trying by itself.",
  noScreen: "There is no such page",
  noScreenNext: "The address may be mistyped, or the page has moved.",
  toStart: "Go to the start",
};

export const notices: typeof es.notices = {
  refresh_replayed: (device, at) =>
    `Somebody used an old key of your session “${device}” again (${at}). For safety that session was ended. If it was not you, change your password.`,
  unnamedDevice: "without a name",
  read: "Understood",
};

export const dateField: typeof es.dateField = {
  pattern: "dd/mm/yyyy",
  choose: "Choose a date",
  open: (label) => `Open the calendar: ${label}`,
  previousMonth: "Previous month",
  nextMonth: "Next month",
  invalid: "Type a date that exists, such as 31/01/2027.",
  outside: (min, max) =>
    min && max
      ? `Choose a date from ${min} to ${max}.`
      : min
        ? `The first possible date is ${min}.`
        : `The last possible date is ${max}.`,
};
