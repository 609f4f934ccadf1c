import type * as es from "../es/overview";

export const overview: typeof es.overview = {
  indicators: "Indicators",
  followers: (accounts) => (accounts === 1 ? "Followers, 1 account" : `Followers, ${accounts} accounts`),
  followersNote: "by the last reading",
  followersOf: (all) => `of ${all}; the others have no data yet`,
  change: "Change in 28 days",
  before: (change) => `against ${change} before`,
  ofAccounts: (accounts) => (accounts === 1 ? "in 1 account" : `in ${accounts} accounts`),
  noChange: "needs 56 days of data in a row",
  expected: "Expected in 30 days",
  expectedNote: (accounts) =>
    accounts === 1 ? "of 1 account with a model" : `sum of ${accounts} accounts with a model`,
  noExpected: "no account has a model",
  attentionKpi: "Need attention",
  attentionOf: (accounts) => (accounts === 1 ? "of 1 account" : `of ${accounts} accounts`),
  attention: "Needs attention",
  allAttention: (accounts) => `See all ${accounts} accounts`,
  calm: "All is well",
  calmNote: "Data are up to date and no account left its interval.",
  below: (day, actual, level, lower, upper) =>
    `fell below its ${level} interval on ${day}: ${actual} followers; between ${lower} and ${upper} were expected.`,
  above: (day, actual, level, lower, upper) =>
    `rose above its ${level} interval on ${day}: ${actual} followers; between ${lower} and ${upper} were expected.`,
  stale: (days, day) =>
    days === 1
      ? `has had no data for 1 day: the last are of ${day}.`
      : `has had no data for ${days} days: the last are of ${day}.`,
  untrained: "has enough data and no model yet.",
  baseline: "is forecast with the baseline or cautiously: no combination clearly beat it.",
  seeDay: "See the day",
  upload: "Upload data",
  train: "Train",
  compare: "See the comparison",
  see: "See the account",
  growth: "Growth compared",
  growthNote: (day) => `Followers, ${day} = 100. The axis does not start at 0.`,
  growthLabel: (accounts) =>
    accounts === 1 ? "Followers of one account, index 100" : `Followers of ${accounts} accounts, index 100`,
  growthTable: "See the days as a table",
  growthDay: "Day",
  growthEnd: (name, value) => `${name}: ${value}`,
  growthNone: "There are no data to compare in this period",
  growthNoneNext: "Choose a longer period or other accounts.",
  leftOut: (names, day) => `Without data since ${day}: ${names}.`,
  period: "Period",
  days: (days) => `${days} days`,
  choose: "Choose accounts",
  chooseNote: (most) => `Up to ${most} accounts. The choice stays in the address of the page.`,
  chosen: (count, most) => `${count} of ${most} chosen`,
  chooseSearch: "Find an account",
  apply: "Compare",
  largest: "Those with most followers",
};

export const firstSteps: typeof es.firstSteps = {
  title: "Three steps to your first chart",
  lead: (company) =>
    `${company} has no forecasts yet. With eight days of data there is a forecast; with thirty, one by day with its weekly rhythm.`,
  one: "Add an account",
  oneDone: (name) => `${name} is added.`,
  oneAsk: "Your bank's administrator adds accounts. Ask for the one that you need, or to be assigned one.",
  two: "Upload its history",
  twoNote: "A CSV file with a date and the followers. First you see what would be stored, then you confirm.",
  twoAsk: "Whoever may write data in your bank uploads the history. Ask the administrator.",
  upload: "Upload CSV",
  twoDone: "The history is stored.",
  twoShort: (days) =>
    days === 1 ? "One more day of data is needed to train." : `${days} more days of data are needed to train.`,
  three: "Train the model",
  threeNote: "It takes seconds. It is compared with simple forecasts, and the one that errs least is used.",
  threeAsk: "Your bank's administrator trains the model. Ask for it.",
  train: "Train",
  ghost: "Here your first chart will stand",
  ghostNote: "shape only, no data",
};
