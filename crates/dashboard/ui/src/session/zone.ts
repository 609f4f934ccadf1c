import { createContext, use } from "react";

/** The zone in which the company's days end. A superadmin has no company and reads in UTC. */
export const ZoneContext = createContext("UTC");

export const useZone = (): string => use(ZoneContext);

/** The zone in which the days of the account end that a screen is about; null on screens that are about none. */
export const AccountZoneContext = createContext<string | null>(null);

/** Where days end: those of the account that a screen is about, else those of the company. */
export function useDaysZone(): string {
  const [account, company] = [use(AccountZoneContext), use(ZoneContext)];
  return account ?? company;
}
