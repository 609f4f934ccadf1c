import type * as es from "../es/model";

export const training: typeof es.training = {
  title: "Training in progress",
  train: "Train",
  going: "Training",
  of: (name) => `Training ${name}`,
  allAccounts: "all accounts",
  several: (count) => `${count} trainings in progress`,
  seeAll: "See all",
  waiting: "waiting",
  preparing: "preparing the data",
  accountsDone: (done, total) => `${done} of ${total} accounts`,
  ended: (handle) => `${handle}: model trained`,
  found: (mae, servesBaseline) =>
    `When it forecast the past, it was ±${mae} followers off on average.${servesBaseline ? " No model clearly beat the baseline." : ""}`,
  see: "See what it found",
  endedAll: (trained, failed) =>
    failed === 0 ? `Accounts trained: ${trained}` : `Accounts trained: ${trained}; not trained: ${failed}`,
  failed: (name) => `${name} could not be trained`,
  cancelled: (name) => `The training of ${name} was cancelled`,
  cancelledNote: "The model from before stays in use.",
  refused: "The training could not be started",
};
