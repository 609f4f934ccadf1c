import { useMemo } from "react";
import type { Language } from "../i18n/language";
import { useLanguage } from "../i18n/text";
import { useDaysZone, useZone } from "../session/zone";
import * as dates from "./dates";
import * as numbers from "./numbers";

/** Numbers and dates as the reader's language writes them; moments in the company's zone, days in the account's own. */
export interface Format {
  language: Language;
  zone: string;
  /** `–` for what the API does not know. */
  number: (value: number | null | undefined, decimals?: number) => string;
  signed: (value: number | null | undefined, decimals?: number) => string;
  compact: (value: number) => string;
  share: (value: number | null | undefined, decimals?: number) => string;
  signedShare: (value: number | null | undefined, decimals?: number) => string;
  percent: (value: number) => string;
  bytes: (value: number) => string;
  day: (value: dates.Day) => string;
  shortDay: (value: dates.Day) => string;
  weekDay: (value: dates.Day) => string;
  /** The day that a moment has in the company's zone. */
  dayOf: (moment: string) => string;
  /** Where the days end of the account that the screen is about. */
  daysZone: string;
  /** The day that a moment has there: of data, and not of what somebody did. */
  dataDay: (moment: string) => string;
  moment: (value: string | null | undefined) => string;
  /** A moment of a reading: the day alone at midnight. */
  reading: (value: string) => string;
  longMoment: (value: Date) => string;
  time: (value: Date) => string;
  ago: (value: string) => string;
}

export function useFormat(): Format {
  const language = useLanguage();
  const zone = useZone();
  const daysZone = useDaysZone();
  return useMemo(() => {
    const known =
      (write: (value: number, decimals?: number) => string) => (value: number | null | undefined, decimals?: number) =>
        value === null || value === undefined ? numbers.UNKNOWN : write(value, decimals);
    return {
      language,
      zone,
      number: known((value, decimals) => numbers.number(language, value, decimals)),
      signed: known((value, decimals) => numbers.signed(language, value, decimals)),
      compact: (value) => numbers.compact(language, value),
      share: known((value, decimals) => numbers.share(language, value, decimals)),
      signedShare: known((value, decimals) => numbers.signedShare(language, value, decimals)),
      percent: (value) => numbers.percentSign(language, numbers.number(language, value)),
      bytes: (value) => numbers.bytes(language, value),
      day: (value) => dates.day(language, value),
      shortDay: (value) => dates.shortDay(language, value),
      weekDay: (value) => dates.weekDay(language, value),
      dayOf: (moment) => dates.day(language, dates.dayIn(new Date(moment), zone)),
      daysZone,
      dataDay: (moment) => dates.day(language, dates.dayIn(new Date(moment), daysZone)),
      moment: (value) => (value ? dates.moment(language, value, zone) : numbers.UNKNOWN),
      reading: (value) => dates.reading(language, value, zone),
      longMoment: (value) => dates.longMoment(language, value, zone),
      time: (value) => dates.time(language, value, zone),
      ago: (value) => dates.ago(language, value, Date.now()),
    };
  }, [language, zone, daysZone]);
}
