import { createContext, use } from "react";

/** The zone in which the company's days end. A superadmin has no company and reads in UTC. */
export const ZoneContext = createContext("UTC");

export const useZone = (): string => use(ZoneContext);
