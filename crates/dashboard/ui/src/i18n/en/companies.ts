import type * as es from "../es/companies";

export const companies: typeof es.companies = {
  title: "Companies",
  lead: "The banks of this installation and its health. No business data can be seen from here.",
  list: "Companies",
  count: (count, isOne, isAll) => `${count} ${isOne ? "company" : "companies"}${isAll ? "" : " shown; there are more"}`,
  add: "Create a company",
  none: "There is no company yet",
  noneNext: "Create the first and then add its administrator, who adds everybody else.",
  name: "Name",
  zone: "Time zone",
  created: "Created",
  state: "State",
  active: "In service",
  suspended: "Suspended",
  actions: (company) => `Actions for ${company}`,

  newTitle: "Create a company",
  nameHint: "Unique in the installation.",
  zoneHint: "Where the days of its data end.",
  create: "Create",
  createdDone: (company) => `${company} created`,
  createdNext: "Now add its first administrator.",
  exists: "There is a company of that name already, or of one much like it.",

  edit: "Change name or zone",
  editTitle: (company) => `Change ${company}`,
  zoneChange:
    "With another zone, the days of its data end at another time: each day's close and the forecasts may change.",
  saved: (company) => `${company}: changes saved`,
  overtakenBy: (who, when) =>
    `${who} changed this company before you did (${when}). The new data are shown now: look at them and repeat your change if it is still needed.`,
  overtaken:
    "Somebody changed this company before you did. The new data are shown now: look at them and repeat your change if it is still needed.",

  addAdmin: "Add an administrator",
  log: "See its audit log",

  suspend: "Suspend",
  suspendTitle: (company) => `Suspend ${company}?`,
  suspendBody:
    "All its people are out at once and cannot sign in again, and their sessions do not come back. Nothing of theirs is deleted.",
  suspendedDone: (company) => `${company} suspended`,
  resume: "Resume",
  resumeTitle: (company) => `Resume ${company}?`,
  resumeBody: "Its people can sign in again, with their passwords. They find everything as it was.",
  resumedDone: (company) => `${company} is in service again`,
};

export const installation: typeof es.installation = {
  title: "Health of the installation",
  healthy: "All in order",
  warning: "With warnings",
  unhealthy: "With faults",
  checkedAt: (time) => `Seen at ${time}`,
  state: { healthy: "Well", warning: "Warning", unhealthy: "Fault" },
  checks: {
    database: "Database",
    clock: "Clock",
    disk_space: "Disk space",
    jwt: "Signing keys",
    redis: "Redis, which the servers share",
  },
  program: "Program",
  version: "Version",
  environment: "Environment",
  environments: { production: "Production", development: "Development" },
  database: "Database",
  databases: { sqlite: "SQLite", postgresql: "PostgreSQL" },
  uptime: "Running for",
  migrations: "Schema",
  upToDate: (applied) => `up to date, ${applied} migrations`,
  pending: (count, isOne) => (isOne ? "1 migration is missing" : `${count} migrations are missing`),
  pendingWhy: "The program is newer than the database. Apply the migrations before you go on.",
  newer: (count, isOne) =>
    `The database is newer than this program: it knows ${count} ${isOne ? "migration" : "migrations"} that the program does not.`,
  jobs: "Jobs of all companies",
  jobsWhy: "How many there are in each state; whose they are is not shown.",
  jobStates: {
    queued: "Waiting",
    running: "Running",
    succeeded: "Finished",
    failed: "Failed",
    cancelled: "Cancelled",
  },
};
