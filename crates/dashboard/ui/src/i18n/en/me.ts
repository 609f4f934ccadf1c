import type * as es from "../es/me";

export const me: typeof es.me = {
  title: "My user account",
  details: "Your data",
  username: "Username",
  role: "Role",
  company: "Company",
  noCompany: "None: you manage the platform",
  email: "E-mail",
  noEmail: "no e-mail on record",
  lastAccess: "Last access",
  accounts: "Accounts",
  allAccounts: "All of your bank",
  noBusinessData: "None: your role sees no data of the banks",
  noAccounts: "None yet. Ask your bank's administrator to assign yours.",
  askAdmin: "Role, e-mail and accounts are changed by your bank's administrator.",

  zone: "Time zone",
  zoneOf: (place, zone) => `${place} time (${zone})`,
  zoneWhy:
    "It is your bank's: the days of the data end there. Every time on these pages is read in it, even when you are elsewhere.",
  zonePlatform: "Universal time (UTC)",
  zonePlatformWhy: "The platform belongs to no country; its times are read in universal time.",

  appearance: "Language and theme",
  appearanceWhy: "Remembered in this browser.",
  language: "Language",
  theme: "Theme",
  system: "As the device",
  light: "Light",
  dark: "Dark",

  password: "Password",
  passwordWhy: "Changing it ends your other sessions.",

  sessions: "Sessions and devices",
  sessionsWhy: "Where your user account is open. End those that you do not recognise and change your password.",
  endOthers: "End the others",
  endOthersTitle: "End all other sessions?",
  endOthersBody: "The other devices are out at once. This one stays open.",
  endsAt: (when) => `This session ends on ${when} at the latest.`,
};
