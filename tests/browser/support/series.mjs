// Followers as an account could have had them, the last reading yesterday.

const DAY_MS = 86_400_000;

/** The day that is so many days before today in Lima, where a day ends five hours later than in UTC. */
export const daysAgo = (days) => new Date(Date.now() - 5 * 3_600_000 - days * DAY_MS).toISOString().slice(0, 10);

/** Lines of a CSV file: a weekly rhythm on a steady growth, the same in every run. */
export function rows(days, { start = 50_000, growth = 40 } = {}) {
  let followers = start;
  return Array.from({ length: days }, (_, at) => {
    followers += growth + Math.round(25 * Math.sin((at / 7) * 2 * Math.PI) + 11 * Math.sin(at * 1.7));
    return `${daysAgo(days - at)},${followers},${3 + (at % 4)}`;
  });
}

export const HEADER = "fecha,seguidores,tweets";
export const history = (days, options) => [HEADER, ...rows(days, options)].join("\n");
