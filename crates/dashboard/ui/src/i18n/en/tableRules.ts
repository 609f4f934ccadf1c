import type * as es from "../es/tableRules";

export const tableAccess: typeof es.tableAccess = {
  title: "Who sees and changes the records",
  note: "Administrators may always do everything.",
  users: "Users may",
  viewers: "Viewers may",
  userLevels: {
    write: { name: "See and change all", means: "They see, add, change and delete all records." },
    read: { name: "See only", means: "They see all records, but neither change them nor add others." },
    own: { name: "Their own only", means: "Each sees and changes the records that they added, and none of others." },
    none: { name: "Nothing", means: "They do not see the table." },
  },
  viewerLevels: {
    read: { name: "See all", means: "They see all records and change none." },
    none: { name: "Nothing", means: "They do not see the table." },
  },
  forecasts: "If the table explains forecasts, whoever sees those sees what it brought each day.",
  saving: "Saving…",
  saved: "Saved",
};

export const bothAtOnce: typeof es.bothAtOnce = {
  title: "Two people at once",
  label: "Keep two people from overwriting each other",
  why: "If somebody else changed the record after you saw it, nothing is saved and you are told. On this page that is always so; ticked, it also holds for the programs that your bank uses.",
};

export const uniqueSets: typeof es.uniqueSets = {
  title: "Combinations without repeats",
  note: "Fields whose values, together, only one record has. Where one of the values is missing, the combination may repeat.",
  none: "There are none. For example, city and day: one campaign only in each city every day.",
  add: "Add combination",
  full: (most) => `There are ${most}, which is the most.`,
  needTwo: "It takes two fields at least.",
  choose: "Choose the fields",
  chooseHint: (fewest, most) => `Between ${fewest} and ${most}.`,
  isThere: "That combination is there already.",
  addDo: "Add",
  added: (fields) => `${fields}: together they do not repeat`,
  remove: (fields) => `Remove ${fields}`,
  removed: (fields) => `${fields}: they may repeat`,
};

export const retype: typeof es.retype = {
  open: "Change the type",
  title: (field) => `Change the type of ${field}`,
  now: (type) => `Now: ${type.toLowerCase()}`,
  type: "It will hold",
  how: {
    TEXT: "Each value is written as a text.",
    NUMBER: "Whole numbers will do, and texts such as -1.50: with a decimal point and without thousands separators.",
    INTEGER: "Texts such as 1500 will do, and numbers without decimals.",
    DATE: "Texts such as 2026-05-03 will do. Of a date and time the day is left.",
    DATETIME: "Texts such as 2026-05-03 will do. A date becomes the beginning of the day.",
    BOOLEAN: "Words such as yes and no will do, or 1 and 0.",
    CHOICE: "Values that are among the choices will do, whatever their letter case and accents.",
    RELATION: "Texts that only one record of that table has will do.",
    JSON: 'Texts such as {"channel": ["radio"]} will do, numbers, and yes or no.',
  },
  tryIt: "See what would happen",
  tryAgain: "Try again",
  noValues: "The field has no values: there is nothing to convert.",
  allFit: (count, isOne) => (isOne ? "The only value can be converted." : `All ${count} values can be converted.`),
  someFit: (convertible, total) => `${convertible} of ${total} values can be converted.`,
  someFitNext: "All are converted or none. Correct these and try again:",
  firstOnly: (count) => `The first ${count} are shown.`,
  kept: "The values of now stay 30 days in the trash of fields. To restore them, give this field another name first.",
  keptDone:
    "The values of before stay 30 days in the trash of fields. To restore them, give this field another name first.",
  confirm: "Change the type",
  done: (field, type) => `${field} now holds: ${type.toLowerCase()}`,
  underway: "There are many records. You can go on working: the field stays as it is until the end.",
  progress: (field) => `Change of the type of ${field}`,
  waiting: "Change of type: waiting",
  running: "Changing the type",
  ended: "The type was changed",
  failed: "The type was not changed",
  cancelled: "Cancelled: the type was not changed",
  stop: "Cancel the change",
};
