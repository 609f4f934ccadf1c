import type { Dictionary } from "../../i18n/es";

type Words = Dictionary["model"]["inputWords"];
type Unit = Dictionary["model"]["day"];

/** The name of an input in words; a name that a newer server sends is shown as it is. */
export function inputName(name: string, words: Words, unit: Unit): string {
  const weekday = /^weekday_(\w+)$/.exec(name)?.[1];
  if (weekday && weekday in words.weekdays) return words.weekday(words.weekdays[weekday as keyof Words["weekdays"]]);
  const part = /^(month|hour)_(sin|cos)$/.exec(name);
  if (part) return words[part[1] as "month" | "hour"](part[2] === "sin" ? "1" : "2");
  const covariate = /^covariate_(.+?)(?:_mean_(\d+))?$/.exec(name);
  if (covariate?.[1]) {
    const days = covariate[2];
    return days ? words.covariateMean(covariate[1], `${days} ${unit.many}`) : words.covariate(covariate[1]);
  }
  const counted = /^(change_lag|change_mean_around_lag|change_mean|change_deviation|posts_mean)_(\d+)$/.exec(name);
  const count = counted?.[2] ?? "";
  const steps = `${count} ${count === "1" ? unit.one : unit.many}`;
  switch (counted?.[1] ?? name) {
    case "change_lag":
      return words.lag(steps);
    case "change_mean_around_lag":
      return words.meanAround;
    case "change_mean":
      return words.mean(steps);
    case "change_deviation":
      return words.deviation(steps);
    case "posts_mean":
      return words.postsMean(steps);
    case "posts":
      return words.posts(unit.one);
    case "holiday":
      return words.holiday;
    case "day_of_month":
      return words.dayOfMonth;
    default:
      return name;
  }
}

/** An input that only says yes or no. */
export const isYesNo = (name: string): boolean => name === "holiday" || name.startsWith("weekday_");
